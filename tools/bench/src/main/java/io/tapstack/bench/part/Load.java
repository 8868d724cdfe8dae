package io.tapstack.bench.part;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts load on a {@link BulkServer} through kernel sockets: the same program for every server. Takes commands from
 * stdin, one a line, and answers each by one line: {@code ok} and numbers, of which the first is the time in
 * nanoseconds, or an error.
 *
 * <pre>
 *   bulk ADDRESS PORT KIND COUNT VERIFY FLOWS   COUNT bytes in each flow
 *   timed ADDRESS PORT KIND SECONDS FLOWS       the number is that of the bytes of all flows
 * </pre>
 *
 * and those of {@link SmallLoad}.
 */
public final class Load {

    private final Content content;
    private final ByteBuffer input = ByteBuffer.allocateDirect(TransferRequest.READ_BYTES);
    private final SmallLoad small = new SmallLoad(input);

    Load(final Content content) {
        this.content = content;
    }

    /** Runs until stdin ends: {@code Load FILE}. */
    public static void main(final String[] arguments) throws IOException {
        final Load load = new Load(Content.of(Path.of(arguments[0])));
        final BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = commands.readLine(); line != null; line = commands.readLine()) {
            System.out.println(load.answer(line.split(" ")));
        }
        System.exit(0); // also ends other threads
    }

    /**
     * Runs a command.
     *
     * @return the line to answer
     */
    String answer(final String[] words) {
        try {
            return "ok " + run(words);
        } catch (final IOException | InterruptedException | RuntimeException e) {
            return e.getMessage() == null ? e.toString() : e.getMessage();
        }
    }

    private long run(final String[] words) throws IOException, InterruptedException {
        final InetSocketAddress server = new InetSocketAddress(words[1], Integer.parseInt(words[2]));
        return switch (words[0]) {
            case "bulk" -> {
                final TransferRequest.Kind kind = TransferRequest.Kind.valueOf(words[3]);
                final TransferRequest request =
                        new TransferRequest(kind, Boolean.parseBoolean(words[5]), Long.parseLong(words[4]));
                yield bulk(server, request, Integer.parseInt(words[6]));
            }
            case "timed" -> {
                final Duration time = Duration.ofSeconds(Long.parseLong(words[4]));
                try (TimedDownloads downloads = new TimedDownloads(
                        server, TransferRequest.Kind.valueOf(words[3]), Integer.parseInt(words[5]))) {
                    yield downloads.run(time);
                }
            }
            default -> small.run(server, words);
        };
    }

    /** @return the time from the first request to the last byte of the last flow, in nanoseconds */
    private long bulk(final InetSocketAddress server, final TransferRequest request, final int flows)
            throws IOException, InterruptedException {
        if (flows == 1) {
            return new BulkTransfer(content, server, request, input).run();
        }
        final Failures failures = new Failures();
        final List<Thread> threads = new ArrayList<>(flows);
        final long start = System.nanoTime();
        for (int i = 0; i < flows; i++) {
            final BulkTransfer transfer =
                    new BulkTransfer(content, server, request, ByteBuffer.allocateDirect(TransferRequest.READ_BYTES));
            final Thread thread = new Thread(() -> failures.run(transfer::run), "flow" + i);
            threads.add(thread);
            thread.start();
        }
        for (final Thread thread : threads) {
            thread.join();
        }
        failures.check();
        return System.nanoTime() - start;
    }
}
