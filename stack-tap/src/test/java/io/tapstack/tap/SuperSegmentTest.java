package io.tapstack.tap;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.buffer.BufferPool;
import io.tapstack.buffer.PacketBuffer;
import io.tapstack.buffer.Region;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Super-segments against the kernel's own TCP. */
@InPrivateNetwork
@OnBothDrivers
class SuperSegmentTest {

    private static final int SENT = 60_000;

    private final BufferPool pool = new BufferPool();
    private final TapConfig config;

    SuperSegmentTest(final TapIo io) {
        this.config = TapDeviceTest.CONFIG.withIo(io);
    }

    @Test
    void theHostReassemblesWhatIsGatheredFromSlices() throws Exception {
        try (TapDevice tap = TapDevice.open(config)) {
            assertThat(tap.capabilities().maxSegmentOffload()).isEqualTo(65_535);
            final CompletableFuture<byte[]> received = onThreadOfThisNetwork(() -> {
                try (Socket socket = new Socket("10.0.0.2", HandMadeTcp.PORT)) {
                    return socket.getInputStream().readNBytes(SENT);
                }
            });
            final HandMadeTcp tcp = new HandMadeTcp(new HostPeer(tap, pool));
            tcp.accept();
            final Region payload = patterned();
            tcp.send(tcp.superSegment(payload, 7, SENT, 5), SENT);
            final byte[] bytes = received.get(5, TimeUnit.SECONDS);
            for (int i = 0; i < SENT; i++) {
                assertThat(bytes[i]).isEqualTo(payload.bytes().get(7 + i));
            }
            assertThat(payload.references()).isEqualTo(1);
        }
    }

    @Test
    void theHostSendsSuperSegmentsWithTrustedChecksums() throws Exception {
        try (TapDevice tap = TapDevice.open(config)) {
            final CompletableFuture<byte[]> sender = onThreadOfThisNetwork(() -> {
                try (Socket socket = new Socket("10.0.0.2", HandMadeTcp.PORT)) {
                    socket.getOutputStream().write(new byte[4 << 20]);
                    return new byte[0];
                }
            });
            final HandMadeTcp tcp = new HandMadeTcp(new HostPeer(tap, pool));
            tcp.accept();
            int largest = 0;
            while (largest <= BufferPool.BLOCK) {
                final PacketBuffer frame = tcp.receive();
                assertThat(frame.checksumTrusted()).isTrue();
                final int payload = HandMadeTcp.payloadLength(frame);
                if (payload > HandMadeTcp.MSS) {
                    assertThat(frame.gsoSize()).isEqualTo(HandMadeTcp.MSS);
                }
                largest = Math.max(largest, payload);
                frame.release();
            }
            sender.cancel(true);
        }
    }

    private Region patterned() {
        final Region payload = pool.region(BufferPool.SUPER);
        for (int i = 0; i < payload.capacity(); i++) {
            payload.bytes().put(i, (byte) (i * 31 + (i >>> 8)));
        }
        return payload;
    }

    interface Work<T> {
        T run() throws IOException;
    }

    /** A thread belongs to the network of the thread that starts it; those of a pool do not. */
    static <T> CompletableFuture<T> onThreadOfThisNetwork(final Work<T> work) {
        final CompletableFuture<T> result = new CompletableFuture<>();
        final Thread thread = new Thread(() -> {
            try {
                result.complete(work.run());
            } catch (final IOException | RuntimeException failed) {
                result.completeExceptionally(failed);
            }
        });
        thread.setDaemon(true);
        thread.start();
        return result;
    }
}
