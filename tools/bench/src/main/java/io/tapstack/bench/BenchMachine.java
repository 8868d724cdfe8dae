package io.tapstack.bench;

import io.tapstack.bench.lab.KernelCongestionControl;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The machine of a run, without which figures mean nothing. */
public final class BenchMachine {

    private static final Path CPUINFO = Path.of("/proc/cpuinfo");
    private static final Path LOAD_AVERAGE = Path.of("/proc/loadavg");

    private BenchMachine() {}

    /** Processors, kernel, its congestion control, and Java in a line. */
    public static String describe() {
        return Runtime.getRuntime().availableProcessors() + " x " + processor() + ", " + System.getProperty("os.name")
                + ' ' + System.getProperty("os.version") + ", TCP " + KernelCongestionControl.systemDefault() + ", "
                + System.getProperty("java.vm.name") + ' '
                + Runtime.version();
    }

    private static String processor() {
        try {
            return Files.readAllLines(CPUINFO).stream()
                    .filter(line -> line.startsWith("model name"))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElseGet(() -> System.getProperty("os.arch"));
        } catch (final IOException e) {
            return System.getProperty("os.arch");
        }
    }

    /** The number of tasks that wanted a processor in the last minute, or 0 if it is unknown. */
    public static double loadAverage() {
        try {
            return Double.parseDouble(Files.readString(LOAD_AVERAGE).split(" ")[0]);
        } catch (final IOException | NumberFormatException e) {
            return 0;
        }
    }
}
