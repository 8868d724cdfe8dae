package io.tapstack.cli;

/** How much is logged. To be chosen before the first class that logs is used. */
public final class LogLevel {

    private static final String PROPERTY = "org.slf4j.simpleLogger.defaultLogLevel";

    private LogLevel() {}

    /** Only what is wrong, for commands whose result is all that counts, unless the user has chosen otherwise. */
    public static void quiet() {
        if (System.getProperty(PROPERTY) == null) {
            System.setProperty(PROPERTY, "warn");
        }
    }
}
