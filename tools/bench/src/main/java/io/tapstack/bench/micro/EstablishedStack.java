package io.tapstack.bench.micro;

import io.tapstack.buffer.Region;
import io.tapstack.error.SocketErrorException;
import io.tapstack.ip.InterfaceAddress;
import io.tapstack.stack.NetworkStack;
import io.tapstack.stack.StackConfig;
import io.tapstack.tcp.TcpConfig;
import io.tapstack.tcp.TcpConnection;
import io.tapstack.tcp.TcpListener;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** A whole stack with one established connection to a {@link ScriptedPeer}, in virtual time. */
final class EstablishedStack {

    /** Large enough that no buffer limits a benchmark. */
    private static final int BUFFER_BYTES = 8 << 20;

    final ScriptedPeer peer;
    final NetworkStack stack;
    final TcpConnection connection;

    private final Region payload = new LastingPayload();
    private final ByteBuffer target = ByteBuffer.allocateDirect(1 << 16);
    private long now;

    EstablishedStack(final boolean offload) throws IOException, SocketErrorException {
        peer = new ScriptedPeer(offload);
        stack = new NetworkStack(
                peer,
                StackConfig.of(new InterfaceAddress(ScriptedPeer.STACK.address(), 24), new SplittableRandom(1)),
                now);
        final TcpConfig config = new TcpConfig()
                .sendBufferBytes(BUFFER_BYTES)
                .sharedSendBytes(BUFFER_BYTES)
                .receiveBufferBytes(BUFFER_BYTES);
        final TcpListener listener = stack.tcp().listen(stack.tcp().bind(ScriptedPeer.STACK, false), 1, config);
        peer.sendSyn();
        poll();
        peer.sendAck(peer.rcvNxt());
        poll();
        final TcpConnection accepted = listener.accept();
        if (accepted == null) {
            throw new IllegalStateException("the handshake has failed: " + stack.statistics());
        }
        connection = accepted;
    }

    /** Polls the stack, a microsecond later. */
    void poll() throws IOException {
        now += 1_000;
        while (stack.poll(now)) {
            continue;
        }
    }

    /** Lets {@code nanos} pass. */
    void pass(final long nanos) throws IOException {
        now += nanos;
        poll();
    }

    /**
     * The application sends {@code bytes} by reference; as far as the windows allow, they are on the wire afterwards.
     */
    void send(final int bytes) {
        connection.write(payload, 0, bytes, false, now);
    }

    /**
     * The application reads all bytes.
     *
     * @return the number of bytes
     */
    int read() {
        int sum = 0;
        for (int got = 1; got > 0; sum += got) {
            got = connection.read(target.clear(), false, now);
        }
        return sum;
    }

    /** Fails if the stack has not done what the benchmark expects. */
    static void check(final boolean holds, final String what) {
        if (!holds) {
            throw new IllegalStateException(what);
        }
    }

    /** Payload outside of any pool, as in a mapped file. */
    private static final class LastingPayload extends Region {

        LastingPayload() {
            super(ByteBuffer.allocateDirect(1 << 16));
        }

        @Override
        protected void recycle() {
            throw new IllegalStateException("the benchmark holds the payload for good");
        }
    }
}
