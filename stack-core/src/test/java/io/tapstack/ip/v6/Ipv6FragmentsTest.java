package io.tapstack.ip.v6;

import static io.tapstack.testing.Ipv6Host.ADDRESS;
import static io.tapstack.testing.Ipv6Host.PEER;
import static io.tapstack.testing.Ipv6Host.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.tapstack.error.SocketErrorException;
import io.tapstack.event.DropReason;
import io.tapstack.testing.Ipv6Host;
import io.tapstack.testing.Packets;
import io.tapstack.udp.Datagram;
import io.tapstack.udp.UdpEndpoint;
import io.tapstack.wire.Endpoint;
import io.tapstack.wire.IpAddress;
import io.tapstack.wire.IpProtocol;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 8200 4.5: fragments both ways. */
class Ipv6FragmentsTest {

    private static final int PORT = 7;
    private static final int ID = 0x1234_5678;
    private static final byte[] PAYLOAD = Packets.pattern(4_000);
    private static final byte[] DATAGRAM = Packets.udp(PEER, 9, ADDRESS, PORT, PAYLOAD);

    private final Ipv6Host host = new Ipv6Host();
    private final UdpEndpoint endpoint = host.udp.open(IpAddress.ANY_IPV6);

    @BeforeEach
    void bind() throws SocketErrorException {
        endpoint.bind(new Endpoint(ADDRESS, PORT));
    }

    @AfterEach
    void nothingLeaks() {
        endpoint.close();
        host.assertNothingLeaked();
    }

    @Test
    void fragmentsInAnyOrderMakeTheDatagram() throws SocketErrorException {
        fragment(2_400, 4_008);
        fragment(0, 1_200);
        assertThat(endpoint.receive()).isNull();
        fragment(1_200, 2_400);
        assertReceived();
    }

    /** The headers in front of the fragment header are those of the first fragment, and are processed once more. */
    @Test
    void headersInFrontAreKept() throws SocketErrorException {
        final byte[] options = bytes("2c001e0400000000");
        host.receive(0, bytes("2c001e0400000000", fragmentBytes(0, 2_000)));
        host.receive(0, bytes("2c001e0400000000", fragmentBytes(2_000, 4_008)));
        assertThat(options).hasSize(8);
        assertReceived();
    }

    /** RFC 8200 4.5: headers behind the fragment header are processed after reassembly. */
    @Test
    void headersBehindAreProcessedAfterReassembly() {
        final byte[] whole = bytes("11008a0201020000", DATAGRAM);
        host.receive(44, Packets.ipv6Fragment(60, ID, 0, true, Arrays.copyOf(whole, 1_000)));
        assertThat(host.link.take()).isNull();
        host.receive(44, Packets.ipv6Fragment(60, ID, 1_000, false, Arrays.copyOfRange(whole, 1_000, whole.length)));
        assertThat(host.sentError().code()).isEqualTo(2);
        host.assertDropped(DropReason.IP_OPTION_UNKNOWN);
    }

    /** RFC 6946 4: an atomic fragment neither waits for the fragments of its identification nor disturbs them. */
    @Test
    void anAtomicFragmentIsDeliveredAtOnce() throws SocketErrorException {
        fragment(0, 1_200);
        host.receive(44, Packets.ipv6Fragment(IpProtocol.UDP, ID, 0, false, DATAGRAM));
        assertReceived();
        fragment(1_200, 4_008);
        assertReceived();
    }

    /** RFC 5722 4: overlapping fragments drop the whole datagram, with the fragments still to come. */
    @Test
    void anOverlapDropsTheWholeDatagram() throws SocketErrorException {
        fragment(0, 1_200);
        fragment(1_192, 2_400);
        assertThat(host.drops(DropReason.FRAGMENT_OVERLAP)).isOne();
        fragment(0, 1_200);
        fragment(1_200, 4_008);
        assertThat(endpoint.receive()).isNull();
        assertThat(host.link.take()).isNull();
    }

    /** RFC 8200 4.5: an exact duplicate is ignored; the same bytes cut in another way are an overlap. */
    @Test
    void anExactDuplicateIsIgnored() throws SocketErrorException {
        fragment(0, 1_200);
        fragment(0, 1_200);
        fragment(1_200, 4_008);
        assertReceived();
        fragment(0, 1_200);
        fragment(0, 800);
        assertThat(host.drops(DropReason.FRAGMENT_OVERLAP)).isOne();
        fragment(1_200, 4_008);
        assertThat(endpoint.receive()).isNull();
    }

    /** RFC 8200 4.5: the pointer is at the payload length. */
    @Test
    void aLengthThatIsNoMultipleOf8IsReported() {
        host.receive(44, Packets.ipv6Fragment(IpProtocol.UDP, ID, 0, true, Arrays.copyOf(DATAGRAM, 1_001)));
        final Ipv6Host.Error error = host.sentError();
        assertThat(error.type()).isEqualTo(4);
        assertThat(error.code()).isZero();
        assertThat(error.word()).isEqualTo(4);
        host.assertDropped(DropReason.FRAGMENT_MALFORMED);
    }

    /** RFC 8200 4.5: the pointer is at the fragment offset. */
    @Test
    void anEndBehindTheLargestPayloadIsReported() {
        host.receive(44, Packets.ipv6Fragment(IpProtocol.UDP, ID, 65_528, false, new byte[8]));
        final Ipv6Host.Error error = host.sentError();
        assertThat(error.type()).isEqualTo(4);
        assertThat(error.code()).isZero();
        assertThat(error.word()).isEqualTo(42);
        host.assertDropped(DropReason.FRAGMENT_MALFORMED);
    }

    /** RFC 7112 5, RFC 8200 4.5: code 3, pointer 0. */
    @ParameterizedTest
    @ValueSource(strings = {"06", "11", "3a", "3c"})
    void aFirstFragmentWithoutAllHeadersIsReported(final String nextHeader) {
        host.receive(44, bytes(nextHeader + "00000112345678" + "0605010400000000"));
        if (nextHeader.equals("11") || nextHeader.equals("3a")) {
            // A whole header of UDP or ICMPv6.
            assertThat(host.link.take()).isNull();
            return;
        }
        final Ipv6Host.Error error = host.sentError();
        assertThat(error.type()).isEqualTo(4);
        assertThat(error.code()).isEqualTo(3);
        assertThat(error.word()).isZero();
        host.assertDropped(DropReason.IP_CHAIN_INCOMPLETE);
    }

    /** RFC 8200 4.5: 60 seconds after the first; told only if the first fragment is there to be quoted. */
    @Test
    void anIncompleteDatagramIsReported() {
        fragment(0, 1_200);
        host.advanceSeconds(59.9);
        assertThat(host.link.take()).isNull();
        host.advanceSeconds(0.2);
        final Ipv6Host.Error error = host.sentError();
        assertThat(error.type()).isEqualTo(3);
        assertThat(error.code()).isEqualTo(1);
        assertThat(error.quoted()).startsWith(0x60, 0, 0, 0, 1208 >>> 8, (byte) 1208, 44);
        host.assertDropped(DropReason.FRAGMENT_TIMEOUT);
        fragment(1_200, 4_008);
        host.advanceSeconds(61);
        assertThat(host.link.take()).isNull();
    }

    /** RFC 3168 5.3: one mark marks the whole. */
    @Test
    void aMarkOfAFragmentMarksTheDatagram() throws SocketErrorException {
        host.receive(Packets.ipv6(PEER, ADDRESS, 2, 44, 64, fragmentBytes(0, 1_200)));
        host.receive(Packets.ipv6(PEER, ADDRESS, 3, 44, 64, fragmentBytes(1_200, 4_008)));
        final Datagram received = endpoint.receive();
        assertThat(received).isNotNull();
        assertThat(received.trafficClass()).isEqualTo(3);
        received.release();
    }

    /** RFC 8200 4.5; RFC 8021: never a packet in one fragment. */
    @Test
    void longDatagramsAreSentInFragments() throws SocketErrorException {
        assertThat(endpoint.send(ByteBuffer.wrap(PAYLOAD), new Endpoint(PEER, 9)))
                .isTrue();
        final List<byte[]> fragments = host.link.takeSent();
        assertThat(fragments).hasSize(3);
        final ByteBuffer whole = ByteBuffer.allocate(4_008);
        for (final byte[] each : fragments) {
            final ByteBuffer fragment = ByteBuffer.wrap(each);
            assertThat(each.length).isLessThanOrEqualTo(1_500);
            assertThat(fragment.getShort(4)).isEqualTo((short) (each.length - 40));
            assertThat(each[6]).isEqualTo((byte) 44);
            assertThat(each[40]).isEqualTo((byte) 17);
            assertThat(fragment.getShort(42))
                    .isEqualTo((short) (whole.position() | (whole.remaining() > 1_448 ? 1 : 0)));
            assertThat(fragment.getInt(44))
                    .isEqualTo(ByteBuffer.wrap(fragments.get(0)).getInt(44));
            // RFC 6437 2: one flow, one label.
            assertThat(fragment.getInt(0))
                    .isEqualTo(ByteBuffer.wrap(fragments.get(0)).getInt(0));
            whole.put(each, 48, each.length - 48);
        }
        assertThat(Packets.transportChecksum(ADDRESS, PEER, 17, whole.array())).isZero();
    }

    @Test
    void aDatagramThatFitsIsSentWhole() throws SocketErrorException {
        endpoint.send(ByteBuffer.wrap(Packets.pattern(1_452)), new Endpoint(PEER, 9));
        assertThat(host.link.next()).hasSize(1_500);
        endpoint.send(ByteBuffer.wrap(Packets.pattern(1_453)), new Endpoint(PEER, 9));
        assertThat(host.link.takeSent()).hasSize(2);
    }

    /** RFC 8200 4.5, RFC 7739 5.3: an identification is not used again while fragments are in the network. */
    @Test
    void identificationsDiffer() throws SocketErrorException {
        final List<Integer> seen = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            endpoint.send(ByteBuffer.wrap(PAYLOAD), new Endpoint(PEER, 9));
            seen.add(ByteBuffer.wrap(host.link.next()).getInt(44));
            host.link.takeSent();
        }
        assertThat(seen).doesNotHaveDuplicates();
    }

    private void fragment(final int from, final int to) {
        host.receive(44, fragmentBytes(from, to));
    }

    private static byte[] fragmentBytes(final int from, final int to) {
        return Packets.ipv6Fragment(
                IpProtocol.UDP, ID, from, to < DATAGRAM.length, Arrays.copyOfRange(DATAGRAM, from, to));
    }

    private void assertReceived() throws SocketErrorException {
        final Datagram received = endpoint.receive();
        assertThat(received).isNotNull();
        final ByteBuffer copy = ByteBuffer.allocate(received.length());
        received.copyTo(copy);
        assertThat(copy.array()).isEqualTo(PAYLOAD);
        received.release();
    }
}
