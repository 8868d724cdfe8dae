package io.tapstack.link;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameMailboxTest {

    private static final int LARGEST = 65_549;

    private final FrameMailbox mailbox = new FrameMailbox();
    private final BufferPool sender = new BufferPool();
    private final BufferPool receiver = new BufferPool();

    @AfterEach
    void allMemoryCameBack() {
        assertThat(sender.packetsInUse() + sender.regionsInUse()).isZero();
        assertThat(receiver.packetsInUse() + receiver.regionsInUse()).isZero();
    }

    @Test
    void isEmptyAtFirst() {
        assertThat(mailbox.isEmpty()).isTrue();
        assertThat(mailbox.take(receiver)).isNull();
    }

    /**
     * Frames of all sizes, more than fit at once, pass in order and unchanged, again and again past the end of the
     * ring.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void isAQueue(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        final ArrayDeque<byte[]> model = new ArrayDeque<>();
        int refused = 0;
        for (int step = 0; step < 20_000; step++) {
            if (random.nextInt(100) < 52) {
                final byte[] frame =
                        new byte[random.nextInt(8) == 0 ? random.nextInt(LARGEST + 1) : random.nextInt(200)];
                random.nextBytes(frame);
                if (put(frame)) {
                    model.add(frame);
                } else {
                    refused++;
                }
            } else {
                assertThat(take()).isEqualTo(model.poll());
            }
            assertThat(mailbox.isEmpty()).isEqualTo(model.isEmpty());
        }
        assertThat(refused).as("it was full at times").isPositive();
        while (!model.isEmpty()) {
            assertThat(take()).isEqualTo(model.poll());
        }
    }

    /** A frame takes its own size, not that of the block that the device had read it into. */
    @Test
    void holdsThousandsOfSmallFrames() {
        int count = 0;
        while (put(new byte[66])) {
            count++;
        }
        assertThat(count).isEqualTo(FrameMailbox.CAPACITY / (8 + 72));
        for (; count > 0; count--) {
            assertThat(take()).hasSize(66);
        }
    }

    @Test
    void holdsSuperSegments() {
        int count = 0;
        while (put(new byte[LARGEST])) {
            count++;
        }
        assertThat(count).isGreaterThanOrEqualTo(7);
        for (; count > 0; count--) {
            assertThat(take()).hasSize(LARGEST);
        }
        assertThat(put(new byte[LARGEST])).isTrue();
        assertThat(take()).hasSize(LARGEST);
    }

    @Test
    void whatTheDeviceHasDoneIsKept() {
        final PacketBuffer frame = frame(new byte[] {1, 2, 3});
        frame.gsoSize(65_535);
        frame.checksumTrusted(true);
        mailbox.put(frame);
        frame.gsoSize(0);
        frame.checksumTrusted(false);
        mailbox.put(frame);
        frame.release();
        final PacketBuffer first = taken();
        assertThat(first.gsoSize()).isEqualTo(65_535);
        assertThat(first.checksumTrusted()).isTrue();
        first.release();
        final PacketBuffer second = taken();
        assertThat(second.gsoSize()).isZero();
        assertThat(second.checksumTrusted()).isFalse();
        second.release();
    }

    @Test
    void aFrameInPiecesIsPutTogether() {
        final PacketBuffer frame = frame(new byte[] {1, 2});
        final Region payload = sender.region(3);
        payload.bytes().put(0, new byte[] {3, 4, 5});
        frame.addSlice(payload, 0, 3);
        payload.release();
        mailbox.put(frame);
        frame.release();
        assertThat(take()).containsExactly(1, 2, 3, 4, 5);
    }

    /** A sender's thread and a receiver's, without a lock between them. */
    @Test
    @Timeout(60)
    void twoThreads() throws Exception {
        final int frames = 200_000;
        final CompletableFuture<Void> sending = CompletableFuture.runAsync(() -> {
            final SplittableRandom random = new SplittableRandom(7);
            for (int number = 0; number < frames; number++) {
                final byte[] bytes = new byte[1 + random.nextInt(300)];
                Arrays.fill(bytes, (byte) number);
                while (!put(bytes)) {
                    Thread.yield();
                }
            }
        });
        final SplittableRandom random = new SplittableRandom(7);
        for (int number = 0; number < frames; number++) {
            byte[] bytes = take();
            while (bytes == null) {
                Thread.yield();
                bytes = take();
            }
            final byte[] expected = new byte[1 + random.nextInt(300)];
            Arrays.fill(expected, (byte) number);
            if (!Arrays.equals(bytes, expected)) {
                assertThat(bytes).as("frame %d", number).isEqualTo(expected);
            }
        }
        sending.get(10, TimeUnit.SECONDS);
        assertThat(mailbox.isEmpty()).isTrue();
    }

    private boolean put(final byte[] bytes) {
        final PacketBuffer frame = frame(bytes);
        try {
            return mailbox.put(frame);
        } finally {
            frame.release();
        }
    }

    private PacketBuffer frame(final byte[] bytes) {
        return sender.packet(bytes, 0);
    }

    private byte @Nullable [] take() {
        final PacketBuffer frame = mailbox.take(receiver);
        if (frame == null) {
            return null;
        }
        final byte[] bytes = frame.toArray();
        frame.release();
        return bytes;
    }

    private PacketBuffer taken() {
        final PacketBuffer frame = mailbox.take(receiver);
        assertThat(frame).isNotNull();
        return frame;
    }
}
