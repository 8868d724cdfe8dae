package io.tapstack.tcp;

import io.tapstack.wire.IpAddress;
import io.tapstack.wire.SipHash;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * TCP_FASTOPEN_KEY: the keys from which a server computes its Fast Open cookies (RFC 7413 4.1.2). The first key makes
 * cookies; cookies of the second key are accepted too, so that clients keep theirs while a key is replaced (5.1: "the
 * server can periodically update its encryption key").
 *
 * <p>A cookie is the SipHash-2-4 of the client's and the server's address, as on Linux: servers with one address and
 * one key accept each other's cookies, whether they run this stack or Linux. Immutable.
 */
public final class FastOpenKeys {

    /** Length of one key, in bytes. */
    public static final int KEY_BYTES = 16;

    private final byte[] bytes;
    private final SipHash first;
    private final @Nullable SipHash second;

    private FastOpenKeys(final byte[] bytes) {
        this.bytes = bytes;
        this.first = key(bytes, 0);
        this.second = bytes.length > KEY_BYTES ? key(bytes, KEY_BYTES) : null;
    }

    /**
     * Creates one key from 16 bytes, or two from 32.
     *
     * @throws IllegalArgumentException if the length is neither 16 nor 32
     */
    public static FastOpenKeys of(final byte[] bytes) {
        if (bytes.length != KEY_BYTES && bytes.length != 2 * KEY_BYTES) {
            throw new IllegalArgumentException("a Fast Open key has 16 bytes, two have 32, not " + bytes.length);
        }
        return new FastOpenKeys(bytes.clone());
    }

    /**
     * Parses keys in the format of {@code net.ipv4.tcp_fastopen_key}: four words of hexadecimal digits per key, and a
     * comma between two keys.
     *
     * @throws IllegalArgumentException if the text has another format
     */
    public static FastOpenKeys parse(final String text) {
        final StringBuilder digits = new StringBuilder();
        for (final String word : text.split("[-,]")) {
            // Linux reads each word as a number and stores it in little-endian order.
            final int number = Integer.reverseBytes(Integer.parseUnsignedInt(word, 16));
            digits.append(HexFormat.of().toHexDigits(number));
        }
        return of(HexFormat.of().parseHex(digits));
    }

    private static SipHash key(final byte[] bytes, final int offset) {
        final ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return new SipHash(words.getLong(offset), words.getLong(offset + Long.BYTES));
    }

    /** The bytes of the key or keys, as {@link #of} takes them. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** Makes the cookie of a client, with the first key. */
    public FastOpenCookie cookie(final IpAddress server, final IpAddress client) {
        return cookie(first, server, client);
    }

    /** True if either key makes this cookie for this client. */
    public boolean accept(final FastOpenCookie cookie, final IpAddress server, final IpAddress client) {
        final SipHash other = second;
        final FastOpenCookie bare = cookie.in(false);
        return bare.equals(cookie(first, server, client))
                || other != null && bare.equals(cookie(other, server, client));
    }

    private static FastOpenCookie cookie(final SipHash key, final IpAddress server, final IpAddress client) {
        final long hash = client.isIpv4()
                ? key.hash(
                        Long.reverseBytes((long) client.ipv4Bits() << Integer.SIZE | server.ipv4Bits() & 0xFFFF_FFFFL))
                : key.hash(
                        Long.reverseBytes(client.high()),
                        Long.reverseBytes(client.low()),
                        Long.reverseBytes(server.high()),
                        Long.reverseBytes(server.low()));
        return new FastOpenCookie(Long.reverseBytes(hash), 0, FastOpenCookie.LENGTH, false);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof FastOpenKeys keys && Arrays.equals(bytes, keys.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return bytes.length == KEY_BYTES ? "a Fast Open key" : "two Fast Open keys";
    }
}
