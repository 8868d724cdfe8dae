package io.tapstack.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Segments that a wild peer might send, around the numbers that matter, mixed with user calls and time: nothing throws, nothing
 * leaks, and the sequence variables keep their order.
 */
class SegmentFuzzTest {

    private static final int STEPS = 4_000;
    private static final String[] FLAGS = {".", "P.", "F.", "S", "S.", "R", "R.", "FP.", "F", "SF.", "SR.", "U.", "P"};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void anythingGoes(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        int steps = 0;
        while (steps < STEPS) {
            steps += oneConnection(random, STEPS - steps);
        }
    }

    private static int oneConnection(final SplittableRandom random, final int limit) {
        final TcpTrace trace = new TcpTrace();
        final TcpConfig config = new TcpConfig()
                .receiveBufferBytes(1 + random.nextInt(30_000))
                .sendBufferBytes(1 + random.nextInt(50_000))
                .noDelay(random.nextBoolean())
                .keepAlive(random.nextInt(4) == 0);
        final TcpConnection connection =
                random.nextInt(3) == 0 ? trace.connect(config) : trace.established(config, random.nextInt(65_536));
        int steps = 0;
        while (steps < limit && connection.state() != TcpState.CLOSED) {
            step(trace, connection, random);
            check(connection);
            while (trace.link.take() != null) {
                // What is sent is checked by the traces; here it only has to be sendable.
            }
            steps++;
        }
        connection.close(trace.now());
        trace.noLeaks();
        return Math.max(steps, 1);
    }

    private static void step(final TcpTrace trace, final TcpConnection connection, final SplittableRandom random) {
        switch (random.nextInt(12)) {
            case 0 -> trace.write(connection, random.nextInt(5_000));
            case 1 ->
                connection.read(ByteBuffer.allocate(1 + random.nextInt(5_000)), random.nextBoolean(), trace.now());
            case 2 -> trace.advance(random.nextInt(300));
            case 3 -> {
                if (random.nextInt(10) == 0) {
                    trace.advance(random.nextInt(200_000));
                }
            }
            case 4 -> {
                if (random.nextInt(20) == 0) {
                    connection.shutdownOutput(trace.now());
                }
            }
            default -> trace.in(segment(connection, trace, random));
        }
    }

    private static String segment(final TcpConnection connection, final TcpTrace trace, final SplittableRandom random) {
        // Resets and SYNs end most connections, so they come seldom.
        final String flags = random.nextInt(8) == 0 ? FLAGS[random.nextInt(FLAGS.length)] : FLAGS[random.nextInt(2)];
        final int rcvNxt = connection.rcvNxt - trace.peerIss;
        final int seq = around(rcvNxt, connection.rcvWnd(), random);
        final int base = random.nextBoolean() ? connection.sndUna : connection.sndNxt;
        final int ack = around(base - trace.stackIss(), connection.sndNxt - connection.sndUna, random);
        final int length = random.nextInt(3) == 0 ? 0 : random.nextInt(1_400);
        final String options = random.nextInt(30) == 0 ? " <raw 2 4 0 1 8 a 1 2 3 4 5 6 7 8>" : "";
        return flags + " " + Integer.toUnsignedString(seq) + ":" + Integer.toUnsignedString(seq + length) + "(" + length
                + ")" + (flags.contains(".") ? " ack " + Integer.toUnsignedString(ack) : "") + " win "
                + (random.nextInt(4) == 0 ? random.nextInt(3) : random.nextInt(65_536)) + options;
    }

    private static int around(final int number, final int span, final SplittableRandom random) {
        return switch (random.nextInt(8)) {
            case 0 -> number + random.nextInt(Math.max(1, span) + 1);
            case 1 -> number + span;
            case 2 -> number + span + 1 + random.nextInt(10);
            case 3 -> number - 1 - random.nextInt(2_000);
            case 4 -> random.nextInt(20) == 0 ? random.nextInt() : number;
            default -> number;
        };
    }

    private static void check(final TcpConnection connection) {
        assertThat(connection.sndNxt - connection.sndUna)
                .as("SND.UNA =< SND.NXT")
                .isNotNegative();
        assertThat(connection.rcvWnd()).as("RCV.WND").isNotNegative();
        assertThat(connection.congestion.cwnd()).as("cwnd").isNotNegative();
        if (connection.maySendData() && !connection.finSent) {
            assertThat(connection.queueEnd() - connection.sndNxt)
                    .as("nothing is sent that is not there")
                    .isNotNegative();
        }
        if (connection.maySendData() && connection.sndNxt != connection.sndUna) {
            assertThat(connection.retransmissionTimer.isRunning() || connection.persistTimer.isRunning())
                    .as("somebody watches over what is in flight: %s", connection)
                    .isTrue();
        }
    }
}
