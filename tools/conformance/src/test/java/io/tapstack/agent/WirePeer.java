package io.tapstack.agent;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.agent.AgentClient.Answer;
import io.tapstack.agent.WireTcp.Segment;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** The other end of the agent's link: a TCP connection that a test plays by hand, through ops 15 and 16. */
final class WirePeer {

    static final int PEER_PORT = 40_000;
    static final int STACK_PORT = 80;
    private static final int ISS = 1_000;
    private static final byte[] MSS_1460 = {2, 4, 5, (byte) 0xB4};

    private final AgentClient client;
    private int next = ISS;
    private int acknowledge;

    /** The time of the last segment. */
    long sentAt;

    WirePeer(final AgentClient client) {
        this.client = client;
    }

    /** Sends a segment, with the numbers of the connection. */
    void send(final int flags, final byte... payload) throws IOException {
        send(flags, new byte[0], payload);
    }

    private void send(final int flags, final byte[] options, final byte[] payload) throws IOException {
        client.packetIn(WireTcp.packet(PEER_PORT, STACK_PORT, next, acknowledge, flags, 65_535, options, payload));
        next += payload.length + ((flags & (WireTcp.SYN | WireTcp.FIN)) != 0 ? 1 : 0);
    }

    /** The next segment from the stack; later segments acknowledge it. */
    Segment receive() throws IOException {
        final Answer answer = client.packetOut().succeeds();
        sentAt = answer.x();
        final Segment segment = WireTcp.parse(answer.blob());
        acknowledge = segment.seq()
                + segment.payload().length
                + (segment.has(WireTcp.SYN) || segment.has(WireTcp.FIN) ? 1 : 0);
        return segment;
    }

    /** The same, with required flags. */
    Segment receive(final int flags) throws IOException {
        final Segment segment = receive();
        assertThat(segment.flags() & ~WireTcp.PSH).as("flags of %s", segment).isEqualTo(flags);
        return segment;
    }

    /**
     * Opens a connection from the peer.
     *
     * @return the accepted descriptor
     */
    int connectTo(final int listener, final byte... options) throws IOException {
        send(WireTcp.SYN, options.length == 0 ? MSS_1460 : options, new byte[0]);
        final long timestamps = receive(WireTcp.SYN | WireTcp.ACK).option(8);
        // RFC 7323 3.2: once negotiated, they are in every segment.
        send(WireTcp.ACK, timestamps == -1 ? new byte[0] : echo(timestamps), new byte[0]);
        return client.call(5, listener, 0).fd();
    }

    private static byte[] echo(final long timestamps) {
        return ByteBuffer.allocate(12)
                .putInt(0x0101_080A)
                .putInt(1)
                .putInt((int) (timestamps >>> 32))
                .array();
    }

    static byte[] zeros(final int length) {
        final byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) '0');
        return bytes;
    }
}
