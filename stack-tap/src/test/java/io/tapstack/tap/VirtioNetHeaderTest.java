package io.tapstack.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class VirtioNetHeaderTest {

    private static final int AT = 3;

    private final BufferPool pool = new BufferPool();
    private final ByteBuffer header = ByteBuffer.allocateDirect(32);
    private final ByteBuffer asKernelReads = header.slice(AT, 10).order(ByteOrder.nativeOrder());

    @Test
    void aFrameThatAsksForNothingHasAHeaderOfZeros() {
        for (int i = 0; i < header.capacity(); i++) {
            header.put(i, (byte) 0xEE);
        }
        VirtioNetHeader.encode(tcpFrame(0x10), header, AT);
        assertThat(asKernelReads.getLong(0)).isZero();
        assertThat(asKernelReads.getShort(8)).isZero();
        assertThat(header.get(AT - 1)).isEqualTo((byte) 0xEE);
        assertThat(header.get(AT + 10)).isEqualTo((byte) 0xEE);
    }

    @Test
    void aChecksumIsAskedForRelativeToTheFrame() {
        final PacketBuffer frame = tcpFrame(0x10);
        frame.requestChecksum(frame.head() + 34, 16);
        VirtioNetHeader.encode(frame, header, AT);
        assertThat(fields()).containsExactly(1, 0, 0, 0, 34, 16);
    }

    @Test
    void aSuperSegmentTellsHeadersAndSegmentSize() {
        final PacketBuffer frame = superSegment(0x10);
        VirtioNetHeader.encode(frame, header, AT);
        assertThat(fields()).containsExactly(1, 1, 34 + 32, 1448, 34, 16);
    }

    @Test
    void aSuperSegmentOverIpv6HasATypeOfItsOwn() {
        final PacketBuffer frame = superSegment(0x90);
        frame.memory().bytes().putShort(frame.head() + 12, (short) 0x86DD);
        VirtioNetHeader.encode(frame, header, AT);
        assertThat(fields()).startsWith(1, 0x84);
    }

    @Test
    void aSuperSegmentWithCwrSaysSo() {
        VirtioNetHeader.encode(superSegment(0x90), header, AT);
        assertThat(fields()).startsWith(1, 0x81);
    }

    @Test
    void aSuperSegmentOfOneSegmentIsNone() {
        final PacketBuffer frame = superSegment(0x10);
        frame.dropSlices();
        VirtioNetHeader.encode(frame, header, AT);
        assertThat(fields()).containsExactly(1, 0, 0, 0, 34, 16);
    }

    @Test
    void aReceivedSuperSegmentIsTrusted() {
        final PacketBuffer frame = tcpFrame(0x10);
        asKernelReads.put(0, (byte) 1).put(1, (byte) 1).putShort(4, (short) 40_000);
        VirtioNetHeader.decode(header, AT, frame);
        assertThat(frame.checksumTrusted()).isTrue();
        assertThat(frame.gsoSize()).isEqualTo(40_000);
    }

    @Test
    void aVerifiedFrameIsTrustedAndAnyOtherIsNot() {
        final PacketBuffer frame = tcpFrame(0x10);
        asKernelReads.put(0, (byte) 2);
        VirtioNetHeader.decode(header, AT, frame);
        assertThat(frame.checksumTrusted()).isTrue();
        asKernelReads.put(0, (byte) 0);
        VirtioNetHeader.decode(header, AT, frame);
        assertThat(frame.checksumTrusted()).isFalse();
        assertThat(frame.gsoSize()).isZero();
    }

    private int[] fields() {
        return new int[] {
            asKernelReads.get(0),
            asKernelReads.get(1) & 0xFF,
            asKernelReads.getShort(2),
            asKernelReads.getShort(4),
            asKernelReads.getShort(6),
            asKernelReads.getShort(8)
        };
    }

    /** Ethernet, IPv4 and a TCP header of 32 bytes. */
    private PacketBuffer tcpFrame(final int flags) {
        final PacketBuffer frame = pool.packet(256, 50);
        final int at = frame.append(66);
        frame.memory().bytes().putShort(at + 12, (short) 0x0800);
        frame.memory().bytes().put(at + 34 + 12, (byte) 0x80);
        frame.memory().bytes().put(at + 34 + 13, (byte) flags);
        return frame;
    }

    private PacketBuffer superSegment(final int flags) {
        final PacketBuffer frame = tcpFrame(flags);
        frame.addSlice(pool.region(BufferPool.BLOCK), 0, 10_000);
        frame.gsoSize(1448);
        frame.requestChecksum(frame.head() + 34, 16);
        return frame;
    }
}
