package io.tapstack.bench.workload;

import io.tapstack.bench.lab.BenchFailure;
import io.tapstack.bench.lab.Child;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The memory and processor time of a process, from {@code /proc}. */
final class Footprint {

    private static final String RESIDENT = "VmRSS:";
    private static final double KIB_PER_MIB = 1024;

    private Footprint() {}

    /** Resident memory of all kinds in MiB. */
    static double residentMebibytes(final Child process) throws IOException {
        return residentMebibytes(Files.readString(Path.of("/proc/" + process.pid() + "/status")));
    }

    static double residentMebibytes(final String status) throws BenchFailure {
        for (final String line : status.split("\n")) {
            if (line.startsWith(RESIDENT)) {
                return Double.parseDouble(line.substring(RESIDENT.length())
                                .replace("kB", "")
                                .strip())
                        / KIB_PER_MIB;
            }
        }
        throw new BenchFailure("no " + RESIDENT + " in what is known of the process");
    }

    /** Processor time of its threads, in nanoseconds: finer than the clock ticks of {@code stat}. */
    static long cpuNanos(final Child process) throws IOException {
        long nanos = 0;
        try (DirectoryStream<Path> threads = Files.newDirectoryStream(Path.of("/proc/" + process.pid() + "/task"))) {
            for (final Path thread : threads) {
                nanos += Long.parseLong(
                        Files.readString(thread.resolve("schedstat")).split(" ")[0]);
            }
        }
        return nanos;
    }
}
