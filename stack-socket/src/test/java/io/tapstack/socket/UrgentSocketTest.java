package io.tapstack.socket;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.error.SocketErrorException;
import java.nio.ByteBuffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Urgent data by recv(2) and tcp(7): MSG_OOB, SO_OOBINLINE, SIOCATMARK, POLLPRI. */
final class UrgentSocketTest extends TwoHostsTest {

    private static final int OOB = MessageFlags.MSG_OOB;
    private static final int EINVAL = -SocketError.EINVAL.errno();

    private final StreamSocket listener = listener(4);
    private final StreamSocket client = connect(listener);

    private StreamSocket accepted(final int inLine) throws SocketErrorException {
        final StreamSocket accepted = accept(listener);
        assertThat(accepted.setOption(SocketOptions.SOL_SOCKET, SocketOptions.SO_OOBINLINE, inLine))
                .isZero();
        return accepted;
    }

    private static String receive(final StreamSocket socket, final int flags) {
        final ByteBuffer target = ByteBuffer.allocate(10);
        assertThat(socket.recv(target, flags)).isEqualTo(target.position());
        return text(target);
    }

    @Test
    void apart() throws SocketErrorException {
        final StreamSocket server = accepted(0);
        assertThat(server.recv(ByteBuffer.allocate(1), OOB)).isEqualTo(EINVAL);
        assertThat(client.send(bytes("abc"), OOB)).isEqualTo(3);
        assertThat(await(server, PollEvents.POLLPRI)).isEqualTo(PollEvents.POLLPRI);
        assertThat(client.send(bytes("de"), 0)).isEqualTo(2);
        assertThat(receive(server, OOB | MessageFlags.MSG_PEEK)).isEqualTo("c");
        assertThat(receive(server, OOB)).isEqualTo("c");
        assertThat(server.recv(ByteBuffer.allocate(1), OOB)).isEqualTo(EINVAL);
        assertThat(eventsOf(server) & PollEvents.POLLPRI).isZero();
        assertThat(server.isAtMark()).isFalse();
        assertThat(receive(server, 0)).isEqualTo("ab");
        assertThat(server.isAtMark()).isTrue();
        assertThat(receive(server, 0)).isEqualTo("de");
        assertThat(server.isAtMark()).isFalse();
    }

    /** A read for all bytes ends at the mark as well. */
    @Test
    void inLine() throws SocketErrorException {
        final StreamSocket server = accepted(1);
        assertThat(client.send(bytes("abc"), OOB)).isEqualTo(3);
        await(server, PollEvents.POLLPRI);
        assertThat(server.recv(ByteBuffer.allocate(1), OOB)).isEqualTo(EINVAL);
        assertThat(receive(server, MessageFlags.MSG_WAITALL)).isEqualTo("ab");
        assertThat(server.isAtMark()).isTrue();
        assertThat(receive(server, 0)).isEqualTo("c");
        assertThat(server.isAtMark()).isFalse();
    }

    /** tcp(7), MSG_TRUNC: a dropping read ends at the mark too, where the urgent byte leaves the stream. */
    @Test
    @Timeout(value = 20, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void thrownAwayUpToTheMark() throws SocketErrorException {
        final StreamSocket server = accepted(0);
        assertThat(client.send(bytes("abc"), OOB)).isEqualTo(3);
        await(server, PollEvents.POLLPRI);
        assertThat(client.send(bytes("de"), 0)).isEqualTo(2);
        assertThat(server.recv(ByteBuffer.allocate(10), MessageFlags.MSG_TRUNC)).isEqualTo(2);
        assertThat(server.isAtMark()).isTrue();
        assertThat(receive(server, 0)).isEqualTo("de");
    }
}
