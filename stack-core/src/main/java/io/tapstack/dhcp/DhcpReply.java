package io.tapstack.dhcp;

import io.tapstack.wire.DhcpHeader;
import io.tapstack.wire.IpAddress;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The options of a received message. An option that occurs several times is one long option (RFC 3396 7); the fields
 * for names have options too if the overload option says so (RFC 2131 4.1).
 */
final class DhcpReply {

    private static final int OVERLOAD_FILE = 1;
    private static final int OVERLOAD_SERVER_NAME = 2;

    private final IpAddress yourAddress;
    private final Map<Integer, byte[]> options;

    private DhcpReply(final IpAddress yourAddress, final Map<Integer, byte[]> options) {
        this.yourAddress = yourAddress;
        this.options = options;
    }

    /**
     * Reads a message that is at least {@link DhcpHeader#LENGTH} bytes long.
     *
     * @return null if an option reaches behind the end of its field
     */
    static @Nullable DhcpReply read(final ByteBuffer bytes, final int message, final int end) {
        final Map<Integer, ByteArrayOutputStream> found = new HashMap<>();
        if (!collect(bytes, message + DhcpHeader.LENGTH, end, found)) {
            return null;
        }
        final ByteArrayOutputStream overload = found.get(DhcpOption.OVERLOAD);
        final int fields = overload == null || overload.size() != 1 ? 0 : overload.toByteArray()[0];
        if ((fields & OVERLOAD_FILE) != 0) {
            final int from = message + DhcpHeader.FILE_OFFSET;
            if (!collect(bytes, from, from + DhcpHeader.FILE_LENGTH, found)) {
                return null;
            }
        }
        if ((fields & OVERLOAD_SERVER_NAME) != 0) {
            final int from = message + DhcpHeader.SERVER_NAME_OFFSET;
            if (!collect(bytes, from, from + DhcpHeader.SERVER_NAME_LENGTH, found)) {
                return null;
            }
        }
        final Map<Integer, byte[]> options = new HashMap<>();
        found.forEach((code, value) -> options.put(code, value.toByteArray()));
        return new DhcpReply(DhcpHeader.yourAddress(bytes, message), options);
    }

    private static boolean collect(
            final ByteBuffer bytes, final int from, final int end, final Map<Integer, ByteArrayOutputStream> found) {
        int at = from;
        while (at < end) {
            final int code = bytes.get(at++) & 0xFF;
            if (code == DhcpOption.PAD) {
                continue;
            }
            if (code == DhcpOption.END) {
                return true;
            }
            if (at >= end || (bytes.get(at) & 0xFF) > end - at - 1) {
                return false;
            }
            final int length = bytes.get(at++) & 0xFF;
            final byte[] value = new byte[length];
            bytes.get(at, value);
            found.computeIfAbsent(code, none -> new ByteArrayOutputStream()).writeBytes(value);
            at += length;
        }
        return true;
    }

    /** yiaddr. */
    IpAddress yourAddress() {
        return yourAddress;
    }

    /** The type of the message, or null if it has none that is known. */
    @Nullable
    DhcpMessageType type() {
        final byte[] value = options.get(DhcpOption.MESSAGE_TYPE);
        final DhcpMessageType[] types = DhcpMessageType.values();
        return value == null || value.length != 1 || value[0] < 1 || value[0] > types.length
                ? null
                : types[value[0] - 1];
    }

    /** An option with one address, or null. */
    @Nullable
    IpAddress address(final int code) {
        final List<IpAddress> all = addresses(code);
        return all.isEmpty() ? null : all.get(0);
    }

    /** An option with addresses; empty if there is none or it is malformed. */
    List<IpAddress> addresses(final int code) {
        final byte[] value = options.get(code);
        final List<IpAddress> addresses = new ArrayList<>();
        if (value != null && value.length % Integer.BYTES == 0) {
            final ByteBuffer bytes = ByteBuffer.wrap(value);
            while (bytes.hasRemaining()) {
                addresses.add(IpAddress.ipv4(bytes.getInt()));
            }
        }
        return addresses;
    }

    /** An option with 16 or 32 bits without sign; -1 if there is none or it is malformed. */
    long number(final int code) {
        final byte[] value = options.get(code);
        if (value == null) {
            return -1;
        }
        return switch (value.length) {
            case Short.BYTES -> ByteBuffer.wrap(value).getShort() & 0xFFFFL;
            case Integer.BYTES -> ByteBuffer.wrap(value).getInt() & 0xFFFF_FFFFL;
            default -> -1;
        };
    }

    /**
     * An option with text, without zeros at its end (RFC 2132 2); empty if there is none or it is no printable text.
     */
    String text(final int code) {
        final byte[] value = options.get(code);
        if (value == null) {
            return "";
        }
        final String text = new String(value, StandardCharsets.US_ASCII).replaceAll("\0+$", "");
        return text.matches("[A-Za-z0-9._-]*") ? text : "";
    }

    /** The bytes of an option, or null. */
    byte @Nullable [] bytes(final int code) {
        return options.get(code);
    }
}
