package io.tapstack.tcp;

import io.tapstack.wire.IpAddress;
import io.tapstack.wire.SipHash;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * TCP_FASTOPEN_KEY: what a server makes its Fast Open cookies with (RFC 7413 4.1.2). Of two keys the first makes the
 * cookies, and those of the second are accepted as well, so that a key can be replaced without refusing the cookies
 * that clients still have (5.1: "the server can periodically update its encryption key").
 *
 * <p>A cookie is the SipHash-2-4 of the client's address and the server's, as on Linux: servers that share an address
 * and a key, of whatever kind, accept each other's cookies. Immutable.
 */
public final class FastOpenKeys {

    /** Bytes of one key. */
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
     * One key, or two.
     *
     * @throws IllegalArgumentException if there are not 16 or 32 bytes
     */
    public static FastOpenKeys of(final byte[] bytes) {
        if (bytes.length != KEY_BYTES && bytes.length != 2 * KEY_BYTES) {
            throw new IllegalArgumentException("a Fast Open key has 16 bytes, two have 32, not " + bytes.length);
        }
        return new FastOpenKeys(bytes.clone());
    }

    /**
     * Keys as {@code net.ipv4.tcp_fastopen_key} has them: each four words of hexadecimal digits, two keys separated by
     * a comma.
     *
     * @throws IllegalArgumentException if they are not that
     */
    public static FastOpenKeys parse(final String text) {
        final StringBuilder digits = new StringBuilder();
        for (final String word : text.split("[-,]")) {
            // Linux takes each word for a number and stores it with the lowest byte first.
            final int number = Integer.reverseBytes(Integer.parseUnsignedInt(word, 16));
            digits.append(HexFormat.of().toHexDigits(number));
        }
        return of(HexFormat.of().parseHex(digits));
    }

    private static SipHash key(final byte[] bytes, final int offset) {
        final ByteBuffer words = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        return new SipHash(words.getLong(offset), words.getLong(offset + Long.BYTES));
    }

    /** What they were made of. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    /** The cookie for a client. */
    public FastOpenCookie cookie(final IpAddress server, final IpAddress client) {
        return cookie(first, server, client);
    }

    /** Whether {@code cookie} was made for this client, with either key. */
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
                : key.hash(key.hash(server.high(), server.low()) ^ client.high(), client.low());
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
