package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketErrorException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/**
 * Many threads on few sockets, and sockets that end while threads use them: no thread hangs, no byte is lost, no memory
 * leaks.
 */
final class SocketStressTest extends TwoHostsTest {

    private static final int THREADS = 6;

    /** Each byte names its writer; the bytes of each writer arrive complete, though mixed with those of others. */
    @Test
    void manyWritersAndReadersShareAConnection() throws Exception {
        final int eachWrites = 1_500_000;
        final StreamSocket listener = listener(1);
        final StreamSocket client = connect(listener);
        final StreamSocket server = accept(listener);
        final List<FutureTask<Integer>> writers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            final int writer = i;
            writers.add(start(() -> write(client, (byte) writer, eachWrites)));
        }
        final List<FutureTask<long[]>> readers = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            readers.add(start(() -> count(server)));
        }
        for (final FutureTask<Integer> writer : writers) {
            assertThat(writer.get()).isEqualTo(eachWrites);
        }
        client.shutdown(Shutdown.OUTPUT);
        final long[] sum = new long[THREADS];
        for (final FutureTask<long[]> reader : readers) {
            for (int writer = 0; writer < THREADS; writer++) {
                sum[writer] += reader.get()[writer];
            }
        }
        assertThat(sum).containsOnly(eachWrites);
    }

    @RepeatedTest(3)
    void socketsEndUnderTheirUsers(final RepetitionInfo repetition) throws Exception {
        final StreamSocket listener = listener(100);
        final AtomicInteger served = new AtomicInteger();
        final List<FutureTask<Void>> work = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            work.add(start(() -> serve(listener, served)));
        }
        final List<FutureTask<Void>> visits = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            final long seed = repetition.getCurrentRepetition() * 100L + i;
            visits.add(start(() -> visit(listener, new Random(seed))));
        }
        for (final FutureTask<Void> visit : visits) {
            visit.get();
        }
        listener.close();
        for (final FutureTask<Void> each : work) {
            each.get();
        }
        assertThat(served.get()).isPositive();
    }

    private static int write(final StreamSocket socket, final byte mark, final int count) {
        final Random random = new Random(mark);
        final ByteBuffer block = ByteBuffer.allocate(100_000);
        while (block.hasRemaining()) {
            block.put(mark);
        }
        int left = count;
        while (left > 0) {
            final int length = Math.min(left, 1 + random.nextInt(random.nextBoolean() ? 100 : 100_000));
            block.limit(length).position(0);
            final int sent = socket.send(block, 0);
            if (sent < 0) {
                return sent;
            }
            left -= sent;
        }
        return count;
    }

    private static long[] count(final StreamSocket socket) {
        final long[] counts = new long[THREADS];
        final ByteBuffer target = ByteBuffer.allocate(60_000);
        while (socket.recv(target, 0) > 0) {
            for (int i = 0; i < target.position(); i++) {
                counts[target.get(i)]++;
            }
            target.clear();
        }
        return counts;
    }

    /** Echoes until the listener is closed. */
    private static Void serve(final StreamSocket listener, final AtomicInteger served) {
        final ByteBuffer buffer = ByteBuffer.allocate(20_000);
        while (true) {
            try {
                final StreamSocket accepted = listener.accept(0);
                if (accepted == null) {
                    continue;
                }
                buffer.clear();
                while (accepted.recv(buffer, 0) > 0) {
                    accepted.send(buffer.flip(), 0);
                    buffer.clear();
                }
                accepted.close();
                served.incrementAndGet();
            } catch (final SocketErrorException e) {
                return null;
            }
        }
    }

    /** Connections that end in all ways while another thread reads from them. */
    private Void visit(final StreamSocket listener, final Random random) throws Exception {
        for (int i = 0; i < 60; i++) {
            final StreamSocket client = here.stream();
            assertThat(client.connect(addressOf(listener))).isZero();
            final FutureTask<Integer> reading = start(() -> {
                final ByteBuffer target = ByteBuffer.allocate(20_000);
                int result = client.recv(target, 0);
                while (result > 0) {
                    result = client.recv(target.clear(), 0);
                }
                return result;
            });
            client.send(ByteBuffer.allocate(random.nextInt(60_000)), 0);
            switch (random.nextInt(4)) {
                case 0 -> client.shutdown(Shutdown.OUTPUT);
                case 1 -> client.shutdown(Shutdown.BOTH);
                case 2 -> client.lingerSeconds(0);
                default -> Thread.yield();
            }
            if (random.nextBoolean()) {
                client.shutdown(Shutdown.OUTPUT);
                client.send(ByteBuffer.allocate(10), 0);
                client.close();
                reading.get();
            } else {
                client.close();
                assertThat(reading.get()).isLessThanOrEqualTo(0);
            }
        }
        return null;
    }
}
