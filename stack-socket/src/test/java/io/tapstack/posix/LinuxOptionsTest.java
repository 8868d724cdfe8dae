package io.tapstack.posix;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.socket.SocketOptions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options whose value is a structure or a name, or is cut (socket(7), ip(7), tcp(7)). */
class LinuxOptionsTest extends PosixTest {

    private static final int SOL_SOCKET = SocketOptions.SOL_SOCKET;
    private static final int IPPROTO_IP = SocketOptions.IPPROTO_IP;
    private static final int IPPROTO_TCP = SocketOptions.IPPROTO_TCP;
    private static final int SO_LINGER = 13;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_SNDTIMEO = 21;
    private static final int IP_TTL = 2;
    private static final int TCP_INFO = 11;
    private static final int TCP_CONGESTION = 13;
    private static final long EINVAL = -SocketError.EINVAL.errno();

    private ByteBuffer get(final long fd, final int level, final int name, final int room) {
        final ByteBuffer value = little(SocketCalls.maxOptionBytes());
        assertThat(calls.option(fd, level, name, room, value)).isEqualTo(value.position());
        return value.flip();
    }

    @Test
    void linger() {
        final long fd = socket(STREAM);
        assertThat(get(fd, SOL_SOCKET, SO_LINGER, 8).getLong()).isZero();
        assertThat(calls.setOption(
                        fd, SOL_SOCKET, SO_LINGER, little(8).putInt(1).putInt(5).flip()))
                .isZero();
        final ByteBuffer value = get(fd, SOL_SOCKET, SO_LINGER, 8);
        assertThat(value.getInt()).isEqualTo(1);
        assertThat(value.getInt()).isEqualTo(5);
        assertThat(calls.setOption(fd, SOL_SOCKET, SO_LINGER, integer(1))).isEqualTo(EINVAL);
    }

    @ParameterizedTest
    @ValueSource(ints = {SO_RCVTIMEO, SO_SNDTIMEO, 66, 67})
    void timeouts(final int name) {
        final long fd = socket(STREAM);
        final ByteBuffer time = little(16).putLong(3).putLong(250_000).flip();
        assertThat(calls.setOption(fd, SOL_SOCKET, name, time)).isZero();
        final ByteBuffer value = get(fd, SOL_SOCKET, name, 16);
        assertThat(value.getLong()).isEqualTo(3);
        assertThat(value.getLong()).isEqualTo(250_000);
        assertThat(calls.setOption(
                        fd,
                        SOL_SOCKET,
                        name,
                        little(16).putLong(0).putLong(1_000_000).flip()))
                .isEqualTo(-LinuxErrno.EDOM);
        assertThat(calls.setOption(fd, SOL_SOCKET, name, integer(1))).isEqualTo(EINVAL);
    }

    @Test
    void congestionControlByName() {
        final long fd = socket(STREAM);
        final ByteBuffer reno = ByteBuffer.wrap("reno\0rest".getBytes(StandardCharsets.US_ASCII));
        assertThat(calls.setOption(fd, IPPROTO_TCP, TCP_CONGESTION, reno)).isZero();
        final ByteBuffer value = get(fd, IPPROTO_TCP, TCP_CONGESTION, 16);
        assertThat(new String(value.array(), 0, value.limit(), StandardCharsets.US_ASCII))
                .isEqualTo("reno" + "\0".repeat(12));
        assertThat(calls.setOption(
                        fd, IPPROTO_TCP, TCP_CONGESTION, ByteBuffer.wrap("vegas".getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo(-SocketError.ENOENT.errno());
        assertThat(calls.setOption(fd, IPPROTO_TCP, TCP_CONGESTION, ByteBuffer.allocate(0)))
                .isEqualTo(EINVAL);
    }

    @Test
    void aLevelThatASocketDoesNotHave() {
        assertThat(calls.setOption(socket(DATAGRAM), IPPROTO_TCP, 1, integer(1)))
                .isEqualTo(-SocketError.ENOPROTOOPT.errno());
    }

    /** ip(7): a small number fits into one byte, both ways. */
    @Test
    void oneByteForOptionsOfIp() {
        final long fd = socket(DATAGRAM);
        assertThat(calls.setOption(fd, IPPROTO_IP, IP_TTL, ByteBuffer.wrap(new byte[] {9})))
                .isZero();
        assertThat(get(fd, IPPROTO_IP, IP_TTL, 1).remaining()).isEqualTo(1);
        assertThat(option(fd, IPPROTO_IP, IP_TTL)).isEqualTo(9);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 9, 4, 1, 1",
        "0, 9, 4, 3, 1",
        "0, 9, 4, 4, 4",
        "0, 256, 4, 2, 2",
        "1, 9, 4, 1, 1",
        "1, 9, 8, 4, 4",
        "0, 9, 4, 0, 0"
    })
    void valuesAreCut(final int level, final int value, final int bytes, final int room, final int cut) {
        assertThat(LinuxOptions.cut(level, value, bytes, room)).isEqualTo(cut);
    }

    @Test
    void tcpInfoIsCutToTheRoom() {
        final long fd = socket(STREAM);
        assertThat(get(fd, IPPROTO_TCP, TCP_INFO, 1_000).remaining()).isEqualTo(TcpInfoLayout.BYTES);
        assertThat(get(fd, IPPROTO_TCP, TCP_INFO, 104).remaining()).isEqualTo(104);
        assertThat(calls.option(fd, IPPROTO_TCP, TCP_INFO, -1, little(SocketCalls.maxOptionBytes())))
                .isEqualTo(EINVAL);
    }

    @Test
    void anIntNeedsFourBytes() {
        assertThat(calls.setOption(socket(STREAM), IPPROTO_TCP, 1, ByteBuffer.allocate(3)))
                .isEqualTo(EINVAL);
    }
}
