package io.tapstack.posix;

import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketError;
import io.tapstack.socket.MessageFlags;
import io.tapstack.socket.PollEvents;
import io.tapstack.socket.SocketOptions;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Control messages of sendmsg(2) and recvmsg(2), in the layout of cmsg(3). */
class ControlMessagesTest extends PosixTest {

    private static final int SOL_SOCKET = SocketOptions.SOL_SOCKET;
    private static final int IPPROTO_IP = SocketOptions.IPPROTO_IP;
    private static final int IPPROTO_TCP = SocketOptions.IPPROTO_TCP;
    private static final int SCM_RIGHTS = 1;
    private static final long EINVAL = -SocketError.EINVAL.errno();
    private static final Endpoint NOBODY = new Endpoint(SERVER.address(), 9);

    private static ByteBuffer message(final long length, final int level, final int type, final int value) {
        return little(24)
                .putLong(length)
                .putInt(level)
                .putInt(type)
                .putInt(value)
                .clear();
    }

    private long send(final long fd, final ByteBuffer control) {
        return calls.sendMessage(fd, ByteBuffer.allocate(4), 0, new MessageHeader(null, control));
    }

    @ParameterizedTest
    @CsvSource({
        "15, 6, 1, -22", // shorter than its header
        "25, 6, 1, -22", // longer than what there is
        "20, 6, 1, 4", // another level is for somebody else
        "20, 1, 1, 4", // SCM_RIGHTS means nothing here
        "20, 1, 127, -22",
        "20, 1, 37, 4", // SO_TIMESTAMPING
        "24, 1, 37, -22", // of another length than an int
    })
    void whatASenderMaySay(final long length, final int level, final int type, final long answer) {
        listener();
        final long fd = connected();
        assertThat(send(fd, message(length, level, type, 0))).isEqualTo(answer);
    }

    /** ip(7): the header of one datagram; what came is told if it was asked for. */
    @ParameterizedTest
    @CsvSource({
        "20, 1, 184, 4", // IP_TOS
        "17, 1, 184, 4", // in a byte
        "18, 1, 184, -22",
        "20, 1, 256, -22",
        "20, 2, 5, 4", // IP_TTL
        "17, 2, 5, -22",
        "20, 2, 0, -22",
        "20, 2, 256, -22",
        "20, 8, 0, -22", // IP_PKTINFO is longer
        "20, 13, 1, -22", // IP_RECVTOS is for receiving
    })
    void theHeaderOfADatagram(final long length, final int type, final int value, final long answer) {
        final long fd = socket(DATAGRAM);
        calls.bind(fd, SERVER);
        calls.connect(fd, SERVER);
        calls.setOption(fd, IPPROTO_IP, SocketOptions.IP_RECVTTL, integer(1));
        calls.setOption(fd, IPPROTO_IP, SocketOptions.IP_RECVTOS, integer(1));
        assertThat(send(fd, message(length, IPPROTO_IP, type, value))).isEqualTo(answer);
        if (answer > 0) {
            awaitReadable(fd);
            final MessageHeader header = new MessageHeader(null, little(64));
            assertThat(calls.receiveMessage(fd, ByteBuffer.allocate(9), 0, header))
                    .isEqualTo(4);
            final ByteBuffer control = header.control().flip();
            assertThat(control.getInt(12)).as("type").isEqualTo(SocketOptions.IP_TTL);
            assertThat(control.getInt(16)).isEqualTo(type == SocketOptions.IP_TTL ? value : 64);
            assertThat(control.getLong(24)).as("length").isEqualTo(17);
            assertThat(control.getInt(36)).as("type").isEqualTo(SocketOptions.IP_TOS);
            assertThat(control.get(40) & 0xFF).isEqualTo(type == SocketOptions.IP_TOS ? value : 0);
            assertThat(control.remaining()).isEqualTo(48);
        }
    }

    /** {@code struct in_pktinfo}: the interface, the address to answer from, the destination. */
    @ParameterizedTest
    @CsvSource({
        "0, 10.0.0.2, 4",
        "2, 127.0.0.1, 4",
        "0, 0.0.0.0, 4",
        "3, 127.0.0.1, -19", // ENODEV
        "0, 10.0.0.9, -101", // ENETUNREACH: not one of ours
        "0, 255.255.255.255, -22",
        "0, 224.0.0.1, -22",
    })
    void theAddressesOfADatagram(final int index, final String source, final long answer) {
        final long receiver = socket(DATAGRAM);
        calls.bind(receiver, Endpoint.anyIpv4(80));
        calls.setOption(receiver, IPPROTO_IP, SocketOptions.IP_PKTINFO, integer(1));
        final long fd = socket(DATAGRAM);
        calls.connect(fd, SERVER);
        final IpAddress from = IpAddress.parse(source);
        final ByteBuffer control = little(32);
        control.putLong(28).putInt(IPPROTO_IP).putInt(SocketOptions.IP_PKTINFO);
        control.putInt(index).putInt(Integer.reverseBytes(from.ipv4Bits())).putInt(0);
        assertThat(send(fd, control.clear())).isEqualTo(answer);
        if (answer > 0) {
            awaitReadable(receiver);
            final MessageHeader header = new MessageHeader(null, little(64));
            assertThat(calls.receiveMessage(receiver, ByteBuffer.allocate(9), 0, header))
                    .isEqualTo(4);
            assertThat(header.name()).isNotNull();
            assertThat(header.name().address()).isEqualTo(from.isAny() ? SERVER.address() : from);
            final ByteBuffer told = header.control().flip();
            assertThat(told.remaining()).isEqualTo(32);
            assertThat(told.getLong()).isEqualTo(28);
            assertThat(told.getInt()).isEqualTo(IPPROTO_IP);
            assertThat(told.getInt()).isEqualTo(SocketOptions.IP_PKTINFO);
            assertThat(told.getInt()).as("ipi_ifindex").isEqualTo(ControlWriter.INTERFACE_INDEX);
            assertThat(told.getInt()).as("ipi_spec_dst").isEqualTo(0x0100_007F);
            assertThat(told.getInt()).as("ipi_addr").isEqualTo(0x0100_007F);
        }
    }

    @Test
    void theNextMessageIsAligned() {
        listener();
        final long fd = connected();
        final ByteBuffer both = little(48);
        both.put(message(17, SOL_SOCKET, SCM_RIGHTS, 0)).put(message(20, SOL_SOCKET, 127, 0));
        assertThat(send(fd, both.flip())).isEqualTo(EINVAL);
    }

    /** The refusal of a datagram's port, with as much of {@code struct sock_extended_err} as there is room for. */
    private MessageHeader refusal(final int room) {
        final long fd = socket(DATAGRAM);
        calls.setOption(fd, IPPROTO_IP, SocketOptions.IP_RECVERR, integer(1));
        calls.connect(fd, NOBODY);
        send(fd, "ping");
        calls.readiness().poll(List.of(new Readiness.PollFd((int) fd, PollEvents.POLLERR)), -1);
        final MessageHeader header = new MessageHeader(null, little(room));
        assertThat(calls.receiveMessage(
                        fd, ByteBuffer.allocate(10), MessageFlags.MSG_ERRQUEUE | MessageFlags.MSG_DONTWAIT, header))
                .isEqualTo(4);
        assertThat(header.name()).isEqualTo(NOBODY);
        return header;
    }

    @Test
    void anErrorWithItsOffender() {
        final MessageHeader header = refusal(64);
        assertThat(header.flags()).isEqualTo(MessageFlags.MSG_ERRQUEUE);
        final ByteBuffer control = header.control().flip();
        assertThat(control.remaining()).isEqualTo(48);
        assertThat(control.getLong()).as("cmsg_len").isEqualTo(48);
        assertThat(control.getInt()).as("cmsg_level").isEqualTo(IPPROTO_IP);
        assertThat(control.getInt()).as("cmsg_type").isEqualTo(SocketOptions.IP_RECVERR);
        assertThat(control.getInt()).as("ee_errno").isEqualTo(SocketError.ECONNREFUSED.errno());
        assertThat(control.get()).as("ee_origin").isEqualTo((byte) 2);
        assertThat(control.get()).as("ee_type").isEqualTo((byte) 3);
        assertThat(control.get()).as("ee_code").isEqualTo((byte) 3);
        control.position(control.position() + 9);
        assertThat(control.getShort()).as("sin_family").isEqualTo((short) SocketCalls.AF_INET);
        control.position(control.position() + 2);
        assertThat(control.getInt()).as("sin_addr").isEqualTo(0x0100_007F);
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "15, 0", "16, 16", "20, 20", "40, 40", "47, 47"})
    void whatThereIsNoRoomForIsCut(final int room, final int written) {
        final MessageHeader header = refusal(room);
        assertThat(header.flags()).isEqualTo(MessageFlags.MSG_ERRQUEUE | MessageFlags.MSG_CTRUNC);
        final ByteBuffer control = header.control().flip();
        assertThat(control.remaining()).isEqualTo(written);
        if (written > 0) {
            assertThat(control.getLong()).isEqualTo(written);
        }
    }

    @Test
    void bytesThatAreLeftToRead() {
        final long listener = listener();
        final long client = connected();
        final long server = calls.accept(listener, 0);
        calls.setOption(server, IPPROTO_TCP, SocketOptions.TCP_INQ, integer(1));
        send(client, "hello");
        awaitReadable(server);
        final MessageHeader header = new MessageHeader(null, little(64));
        assertThat(calls.receiveMessage(server, ByteBuffer.allocate(2), 0, header))
                .isEqualTo(2);
        final ByteBuffer control = header.control().flip();
        assertThat(control.remaining()).as("with its padding").isEqualTo(24);
        assertThat(control.getLong()).isEqualTo(20);
        assertThat(control.getInt()).isEqualTo(IPPROTO_TCP);
        assertThat(control.getInt()).isEqualTo(SocketOptions.TCP_INQ);
        assertThat(control.getInt()).isEqualTo(3);
    }
}
