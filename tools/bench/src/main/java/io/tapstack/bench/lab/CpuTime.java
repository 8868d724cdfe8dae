package io.tapstack.bench.lab;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * CPU time from {@code /proc}, in clock ticks of 10 ms. The kernel's work for a process in a soft interrupt counts for
 * the process, unless a kernel thread does it, of all devices ({@code ksoftirqd}) or of one ({@code napi}); these are
 * therefore always included.
 *
 * @see <a href="https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html">proc_pid_stat(5)</a>
 */
public final class CpuTime {

    /** USER_HZ, which is 100 on every architecture that the JDK runs on. */
    private static final double TICKS_PER_SECOND = 100;

    private static final int UTIME = 14;
    private static final int STIME = 15;

    private CpuTime() {}

    /** The seconds used by these processes, and by the kernel's threads for soft interrupts, since their start. */
    public static double seconds(final Iterable<Child> processes) throws IOException {
        long ticks = 0;
        for (final Child process : processes) {
            ticks += ticks(Files.readString(Path.of("/proc/" + process.pid() + "/stat")));
        }
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (final Path process : all) {
                ticks += ticksOfKernelThread(process);
            }
        }
        return ticks / TICKS_PER_SECOND;
    }

    private static long ticksOfKernelThread(final Path process) {
        try {
            final String name = Files.readString(process.resolve("comm"));
            final boolean wanted = name.startsWith("ksoftirqd/") || name.startsWith("napi/");
            return wanted ? ticks(Files.readString(process.resolve("stat"))) : 0;
        } catch (final IOException e) {
            return 0; // ended meanwhile
        }
    }

    /** User and system time; the name in field 2 may contain anything, also blanks and parentheses. */
    static long ticks(final String stat) {
        final String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        return Long.parseLong(fields[UTIME - 3]) + Long.parseLong(fields[STIME - 3]);
    }
}
