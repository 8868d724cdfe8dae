package io.tapstack.cli;

/** The level of logging. Set before the first class that logs is used. */
public final class LogLevel {

    private static final String PROPERTY = "org.slf4j.simpleLogger.defaultLogLevel";

    private LogLevel() {}

    /** Logs errors only, for commands that print a result, unless the user has chosen a level. */
    public static void quiet() {
        if (System.getProperty(PROPERTY) == null) {
            System.setProperty(PROPERTY, "warn");
        }
    }
}
