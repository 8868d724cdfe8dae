package io.tapstack.tcp.recovery;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Linux: tcp_check_sack_reordering. */
class ReorderingTest {

    private static final int MSS = 1_000;

    private final Reordering reordering = new Reordering();

    private void late(final int fack, final int... starts) {
        reordering.ackArrives();
        for (final int start : starts) {
            reordering.cameLate(start);
        }
        reordering.ackDone(fack, MSS);
    }

    @Test
    void nothingSeen() {
        late(10_000);
        assertThat(reordering.extent()).isEqualTo(3);
        assertThat(reordering.seen()).isZero();
    }

    /** Three are expected anyway. */
    @Test
    void little() {
        late(10_000, 8_000);
        assertThat(reordering.extent()).isEqualTo(3);
        assertThat(reordering.seen()).isOne();
    }

    /** Once for an ACK, and by the one that comes from farthest away. */
    @Test
    void theFarthestOfAnAck() {
        late(10_000, 7_000, 2_000, 5_000);
        assertThat(reordering.extent()).isEqualTo(8);
        assertThat(reordering.seen()).isOne();
        late(12_000, 7_000);
        assertThat(reordering.extent()).as("it does not become less").isEqualTo(8);
        assertThat(reordering.seen()).isEqualTo(2);
    }

    @Test
    void bounded() {
        late(1_000_000, 0);
        assertThat(reordering.extent()).isEqualTo(300);
    }

    /** Sequence numbers wrap. */
    @Test
    void acrossZero() {
        late(4_000, -2_000, 1_000);
        assertThat(reordering.extent()).isEqualTo(6);
    }
}
