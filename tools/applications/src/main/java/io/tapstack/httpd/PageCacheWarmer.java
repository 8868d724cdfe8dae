package io.tapstack.httpd;

import io.tapstack.http.Amount;
import io.tapstack.octets.PathOctets;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;

/** Reads files once, so that the kernel has them in memory for requests. For one thread. */
public final class PageCacheWarmer {

    private static final int BUFFER_BYTES = 1024 * 1024;
    private static final long REPORT_NANOS = 1_000_000_000L;

    private final PrintWriter report;
    private final ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    private final long startNanos = System.nanoTime();
    private long lastReportNanos = startNanos;
    private long files;
    private long bytes;

    /** @param report receives a line of progress every second */
    public PageCacheWarmer(final PrintWriter report) {
        this.report = report;
    }

    /** Reads a file, or all files below a directory. An unreadable file is skipped: it cannot be served either. */
    public void warm(final Path directoryOrFile) throws IOException {
        Files.walkFileTree(directoryOrFile.toRealPath(), new SimpleFileVisitor<>() {

            @Override
            public FileVisitResult visitFile(final Path file, final BasicFileAttributes attributes) {
                if (attributes.isRegularFile()) {
                    read(file);
                }
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFileFailed(final Path file, final IOException cause) {
                return FileVisitResult.CONTINUE;
            }
        });
        tell("warm");
    }

    private void read(final Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            int count = channel.read(buffer.clear());
            while (count >= 0) {
                bytes += count;
                if (System.nanoTime() - lastReportNanos >= REPORT_NANOS) {
                    tell("warming");
                }
                count = channel.read(buffer.clear());
            }
            files++;
        } catch (final IOException e) {
            report.println("cannot read " + PathOctets.readable(file));
        }
    }

    private void tell(final String state) {
        lastReportNanos = System.nanoTime();
        report.println(state + ": " + files + " files, " + Amount.bytes(bytes) + ", "
                + Amount.rate(bytes, lastReportNanos - startNanos));
        report.flush();
    }
}
