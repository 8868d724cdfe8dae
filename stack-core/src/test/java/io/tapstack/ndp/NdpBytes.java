package io.tapstack.ndp;

import io.tapstack.wire.IpAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Builds the messages of Neighbor Discovery from the drawings of the RFCs, without the code under test. */
final class NdpBytes {

    private final ByteBuffer bytes = ByteBuffer.allocate(4096);

    private NdpBytes(final int type) {
        bytes.put((byte) type).put((byte) 0).putShort((short) 0);
    }

    static NdpBytes ns(final String target) {
        return new NdpBytes(135).int32(0).address(target);
    }

    /** @param flags any of the letters R, S and O */
    static NdpBytes na(final String target, final String flags) {
        final int bits =
                (flags.contains("R") ? 0x80 : 0) | (flags.contains("S") ? 0x40 : 0) | (flags.contains("O") ? 0x20 : 0);
        return new NdpBytes(136).int32(bits << 24).address(target);
    }

    static NdpBytes rs() {
        return new NdpBytes(133).int32(0);
    }

    /** A router advertisement that leaves all but the router's lifetime to the host. */
    static NdpBytes ra(final int lifetimeSeconds) {
        return ra(0, 0, lifetimeSeconds, 0, 0);
    }

    static NdpBytes ra(
            final int hopLimit, final int flags, final int lifetimeSeconds, final int reachable, final int retrans) {
        final NdpBytes message = new NdpBytes(134);
        message.bytes.put((byte) hopLimit).put((byte) flags).putShort((short) lifetimeSeconds);
        return message.int32(reachable).int32(retrans);
    }

    static NdpBytes redirect(final String target, final String destination) {
        return new NdpBytes(137).int32(0).address(target).address(destination);
    }

    NdpBytes code(final int code) {
        bytes.put(1, (byte) code);
        return this;
    }

    NdpBytes sourceLink(final long mac) {
        return option48(1, mac);
    }

    NdpBytes targetLink(final long mac) {
        return option48(2, mac);
    }

    NdpBytes nonce(final long nonce) {
        return option48(14, nonce);
    }

    NdpBytes mtu(final int mtu) {
        return int32(5 << 24 | 1 << 16).int32(mtu);
    }

    /** @param flags any of the letters L and A */
    NdpBytes prefix(final String prefix, final int length, final String flags, final long valid, final long preferred) {
        final int bits = (flags.contains("L") ? 0x80 : 0) | (flags.contains("A") ? 0x40 : 0);
        return int32(3 << 24 | 4 << 16 | length << 8 | bits)
                .int32((int) valid)
                .int32((int) preferred)
                .int32(0)
                .address(prefix);
    }

    /** @param preference the two bits of RFC 4191 2.1 */
    NdpBytes route(final String prefix, final int length, final int preference, final long seconds) {
        return int32(24 << 24 | 3 << 16 | length << 8 | preference << 3)
                .int32((int) seconds)
                .address(prefix);
    }

    NdpBytes dnsServers(final long seconds, final String... servers) {
        int32(25 << 24 | 1 + 2 * servers.length << 16).int32((int) seconds);
        for (final String server : servers) {
            address(server);
        }
        return this;
    }

    NdpBytes searchList(final long seconds, final String... names) {
        final ByteBuffer encoded = ByteBuffer.allocate(1024);
        for (final String name : names) {
            for (final String label : name.split("\\.")) {
                encoded.put((byte) label.length()).put(label.getBytes(StandardCharsets.US_ASCII));
            }
            encoded.put((byte) 0);
        }
        final int units = 1 + (encoded.position() + 7) / 8;
        int32(31 << 24 | units << 16).int32((int) seconds);
        bytes.put(Arrays.copyOf(encoded.array(), (units - 1) * 8));
        return this;
    }

    NdpBytes raw(final int... values) {
        for (final int value : values) {
            bytes.put((byte) value);
        }
        return this;
    }

    private NdpBytes option48(final int type, final long value) {
        bytes.put((byte) type).put((byte) 1).putShort((short) (value >>> 32)).putInt((int) value);
        return this;
    }

    private NdpBytes int32(final int value) {
        bytes.putInt(value);
        return this;
    }

    private NdpBytes address(final String text) {
        bytes.put(IpAddress.parse(text).toIpv6Bytes());
        return this;
    }

    byte[] array() {
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}
