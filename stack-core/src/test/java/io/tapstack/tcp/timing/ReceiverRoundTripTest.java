package io.tapstack.tcp.timing;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.tcp.TcpConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The receiver's view of the round trip (Linux: tcp_rcv_rtt_measure, tcp_rcv_rtt_measure_ts). */
class ReceiverRoundTripTest {

    private static final long MILLIS = 1_000_000;
    private static final int WINDOW = 10_000;

    private final ReceiverRoundTrip roundTrip = new ReceiverRoundTrip();

    @Test
    void nothingIsKnown() {
        assertThat(roundTrip.nanos()).isZero();
        roundTrip.dataArrived(5, WINDOW, 0);
        assertThat(roundTrip.nanos()).isZero();
    }

    @Test
    void handshake() {
        roundTrip.established(7 * MILLIS);
        assertThat(roundTrip.nanos()).isEqualTo(7 * MILLIS);
    }

    /** RFC 7323 4.1: nothing that is older than the connection is an echo of ours. */
    @Test
    void echoOlderThanTheConnection() {
        final ReceiveTuning tuning = new ReceiveTuning(new TcpConfig(), new BufferPool());
        final long established = 1_000_000 * MILLIS;
        tuning.established(10 * MILLIS, 1_460, established);
        tuning.echoed(1, 500_000 * MILLIS, established + 100 * MILLIS);
        assertThat(tuning.roundTrip().nanos()).isEqualTo(10 * MILLIS);
        tuning.echoed(2, 50 * MILLIS, established + 100 * MILLIS);
        assertThat(tuning.roundTrip().nanos()).isGreaterThan(10 * MILLIS);
    }

    /** A whole window takes a round trip or more: the shortest counts. The stack's time may be negative. */
    @ParameterizedTest
    @ValueSource(longs = {0, -1_000_000_000, Long.MAX_VALUE - 10_000_000})
    void windows(final long start) {
        int at = 0x7FFF_F000;
        long now = start;
        for (final long length : new long[] {20, 10, 30}) {
            for (int part = 0; part < 10; part++) {
                roundTrip.dataArrived(at, WINDOW, now);
                at += WINDOW / 10;
                now += length * MILLIS / 10;
            }
        }
        assertThat(roundTrip.nanos()).isEqualTo(10 * MILLIS);
    }

    /** The echo follows a path that becomes longer, by an eighth of the difference; each timestamp counts once. */
    @Test
    void echoes() {
        roundTrip.established(10 * MILLIS);
        roundTrip.echoed(1, 18 * MILLIS);
        roundTrip.echoed(1, 18 * MILLIS);
        assertThat(roundTrip.nanos()).isEqualTo(11 * MILLIS);
        for (int i = 2; i < 100; i++) {
            roundTrip.echoed(i, 18 * MILLIS);
        }
        assertThat(roundTrip.nanos()).isBetween(17 * MILLIS, 18 * MILLIS);
    }

    /** A peer that was silent for a minute echoes a timestamp that is a minute old. */
    @Test
    void oldEcho() {
        roundTrip.established(10 * MILLIS);
        roundTrip.echoed(1, 60_000 * MILLIS);
        assertThat(roundTrip.nanos()).isLessThan(14 * MILLIS);
    }

    /** Within a tick an echo says "at most a tick", and no more. */
    @Test
    void echoWithinATick() {
        roundTrip.established(50_000);
        roundTrip.echoed(1, MILLIS);
        assertThat(roundTrip.nanos()).isEqualTo(50_000);
        roundTrip.established(50 * MILLIS);
        roundTrip.echoed(2, 0);
        assertThat(roundTrip.nanos()).isEqualTo(MILLIS);
    }
}
