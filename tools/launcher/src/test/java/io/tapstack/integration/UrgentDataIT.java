package io.tapstack.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.socket.MessageFlags;
import io.tapstack.socket.SocketOptions;
import io.tapstack.socket.StreamSocket;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.io.InputStream;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Urgent data (RFC 6093) between the stack and the kernel: both take the same byte as urgent. */
@Timeout(60)
class UrgentDataIT {

    private TestNetwork network;
    private ServerSocket server;
    private StreamSocket ours;
    private Socket kernels;

    @BeforeEach
    void open() throws Exception {
        network = TestNetwork.open();
        server = new ServerSocket(0, 1, network.hostAddress());
        ours = network.sockets().stream();
        final IpAddress host = IpAddress.of(network.hostAddress().getAddress());
        assertThat(ours.connect(new Endpoint(host, server.getLocalPort()))).isZero();
        kernels = server.accept();
    }

    @AfterEach
    void close() throws Exception {
        kernels.close();
        ours.close();
        server.close();
        network.close();
    }

    @Test
    void kernelSends() throws Exception {
        assertThat(ours.setOption(SocketOptions.SOL_SOCKET, SocketOptions.SO_OOBINLINE, 0))
                .isZero();
        kernels.getOutputStream().write(ascii("ab"));
        kernels.sendUrgentData('!');
        kernels.getOutputStream().write(ascii("cd"));
        final ByteBuffer urgent = ByteBuffer.allocate(4);
        Awaitility.await("the urgent byte").until(() -> ours.recv(urgent, MessageFlags.MSG_OOB) == 1);
        assertThat(urgent.get(0)).isEqualTo((byte) '!');
        final ByteBuffer before = ByteBuffer.allocate(10);
        assertThat(ours.recv(before, 0)).isEqualTo(2);
        assertThat(ours.isAtMark()).isTrue();
        final ByteBuffer after = ByteBuffer.allocate(10);
        assertThat(ours.recv(after, 0)).isEqualTo(2);
        assertThat(new String(after.array(), 0, 2, StandardCharsets.US_ASCII)).isEqualTo("cd");
    }

    /** A kernel socket without SO_OOBINLINE does not see the last byte of a send with MSG_OOB. */
    @Test
    void kernelReceives() throws Exception {
        kernels.setOOBInline(false);
        assertThat(ours.send(ByteBuffer.wrap(ascii("ab!")), MessageFlags.MSG_OOB))
                .isEqualTo(3);
        assertThat(ours.send(ByteBuffer.wrap(ascii("cd")), 0)).isEqualTo(2);
        final InputStream input = kernels.getInputStream();
        assertThat(new String(input.readNBytes(4), StandardCharsets.US_ASCII)).isEqualTo("abcd");
        kernels.setOOBInline(true);
        assertThat(ours.send(ByteBuffer.wrap(ascii("xy!")), MessageFlags.MSG_OOB))
                .isEqualTo(3);
        assertThat(new String(input.readNBytes(3), StandardCharsets.US_ASCII)).isEqualTo("xy!");
    }

    private static byte[] ascii(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
