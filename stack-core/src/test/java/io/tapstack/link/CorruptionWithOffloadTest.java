package io.tapstack.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.event.DropReason;
import io.tapstack.event.StackStatistics;
import io.tapstack.wire.InternetChecksum;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A device that computes checksums must not compute one for damaged bytes. */
class CorruptionWithOffloadTest {

    private static final int INTACT = 0xFFFF;
    private static final int CHECKSUM_OFFSET = 6;

    private final BufferPool pool = new BufferPool();
    private final StackStatistics statistics = new StackStatistics();
    private final VirtualCable cable =
            VirtualCable.local(new LinkCapabilities(LinkType.IP, 1500, true, true, 65_535), 10);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void aDamagedFrameHasAChecksumThatShowsIt(final long seed) throws IOException {
        assertThat(impaired(seed).transmit(frameWithoutChecksum())).isTrue();
        final PacketBuffer received = cable.right().receive(pool);
        assertThat(received).isNotNull();
        assertThat(received.checksumTrusted()).isFalse();
        final int sum = InternetChecksum.fold(InternetChecksum.sum(received, received.head()));
        assertThat(sum).isNotEqualTo(INTACT);
    }

    @Test
    void aDamagedSuperSegmentIsLost() throws IOException {
        final PacketBuffer frame = frameWithoutChecksum();
        frame.gsoSize(20);
        assertThat(impaired(1).transmit(frame)).isTrue();
        assertThat(cable.right().receive(pool)).isNull();
        assertThat(statistics.drops(DropReason.LINK_IMPAIRED)).isEqualTo(1);
    }

    private ImpairedLink impaired(final long seed) {
        final Impairment damage = Impairment.NONE.withCorruption(1);
        final ImpairedLink link = ImpairedLink.keepingOffload(cable.left(), damage, Impairment.NONE, seed);
        link.reportTo(statistics);
        return link;
    }

    private PacketBuffer frameWithoutChecksum() {
        final PacketBuffer frame = pool.packet(256, 32);
        final int at = frame.append(100);
        for (int i = 0; i < 100; i++) {
            frame.memory().bytes().put(at + i, (byte) (i * 37));
        }
        frame.memory().bytes().putShort(at + CHECKSUM_OFFSET, (short) 0);
        frame.requestChecksum(at, CHECKSUM_OFFSET);
        return frame;
    }
}
