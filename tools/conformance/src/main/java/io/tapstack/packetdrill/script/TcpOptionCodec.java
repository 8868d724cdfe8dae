package io.tapstack.packetdrill.script;

import io.tapstack.packetdrill.script.TcpOption.Block;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Converts TCP options between the form of scripts and bytes, one by one and in order, malformed ones included. */
public final class TcpOptionCodec {

    private static final int END_OF_LIST = 0;
    private static final int NO_OPERATION = 1;
    private static final int MAXIMUM_SEGMENT_SIZE = 2;
    private static final int WINDOW_SCALE = 3;
    private static final int SACK_PERMITTED = 4;
    private static final int SACK = 5;
    private static final int TIMESTAMPS = 8;
    private static final int MD5 = 19;
    private static final int FAST_OPEN = 34;
    private static final int ACC_ECN_0 = 172;
    private static final int ACC_ECN_1 = 174;
    private static final int ACC_ECN_MAX = 11;
    private static final int EXPERIMENTAL = 254;
    private static final int FAST_OPEN_MAGIC = 0xF989;

    /**
     * The bytes of some options.
     *
     * @param offset added to each edge of a SACK block
     */
    public byte[] encode(final List<TcpOption> options, final int offset) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (final TcpOption option : options) {
            out.writeBytes(encode(option, offset));
        }
        return out.toByteArray();
    }

    private static byte[] encode(final TcpOption option, final int offset) {
        if (option instanceof TcpOption.NoOperation) {
            return new byte[] {NO_OPERATION};
        } else if (option instanceof TcpOption.EndOfList) {
            return new byte[] {END_OF_LIST};
        } else if (option instanceof TcpOption.MaximumSegmentSize mss) {
            return start(MAXIMUM_SEGMENT_SIZE, 4).putShort((short) mss.bytes()).array();
        } else if (option instanceof TcpOption.WindowScale scale) {
            return start(WINDOW_SCALE, 3).put((byte) scale.shift()).array();
        } else if (option instanceof TcpOption.SackPermitted) {
            return start(SACK_PERMITTED, 2).array();
        } else if (option instanceof TcpOption.Sack sack) {
            final ByteBuffer bytes = start(SACK, 2 + 8 * sack.blocks().size());
            sack.blocks().forEach(block -> bytes.putInt(block.left() + offset).putInt(block.right() + offset));
            return bytes.array();
        } else if (option instanceof TcpOption.Timestamp timestamp) {
            return start(TIMESTAMPS, 10)
                    .putInt(timestamp.value())
                    .putInt(timestamp.echo())
                    .array();
        } else if (option instanceof TcpOption.FastOpen fastOpen) {
            return encode(fastOpen);
        } else if (option instanceof TcpOption.Md5 md5) {
            final byte[] digest = HexFormat.of().parseHex(md5.digest());
            return start(MD5, 2 + digest.length).put(digest).array();
        } else if (option instanceof TcpOption.AccurateEcn accurate) {
            final ByteBuffer bytes = start(
                    accurate.isOrder0() ? ACC_ECN_0 : ACC_ECN_1,
                    2 + 3 * accurate.fields().size());
            accurate.fields()
                    .forEach(field -> bytes.put((byte) (field.value() >>> 16)).putShort((short) field.value()));
            return bytes.array();
        } else {
            return ((TcpOption.Raw) option).toBytes();
        }
    }

    private static byte[] encode(final TcpOption.FastOpen option) {
        final byte[] cookie = HexFormat.of().parseHex(option.cookie());
        return option.experimental()
                ? start(EXPERIMENTAL, 4 + cookie.length)
                        .putShort((short) FAST_OPEN_MAGIC)
                        .put(cookie)
                        .array()
                : start(FAST_OPEN, 2 + cookie.length).put(cookie).array();
    }

    private static ByteBuffer start(final int kind, final int length) {
        return ByteBuffer.allocate(length).put((byte) kind).put((byte) length);
    }

    /**
     * The options in some bytes.
     *
     * @param offset added to each edge of a SACK block
     */
    public List<TcpOption> decode(final byte[] bytes, final int offset) {
        final List<TcpOption> options = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            final int kind = bytes[at] & 0xFF;
            if (kind == NO_OPERATION || kind == END_OF_LIST) {
                options.add(kind == NO_OPERATION ? new TcpOption.NoOperation() : new TcpOption.EndOfList());
                at++;
                continue;
            }
            final int said = at + 1 < bytes.length ? bytes[at + 1] & 0xFF : 0;
            final int length = said < 2 || at + said > bytes.length ? bytes.length - at : said;
            options.add(decode(kind, ByteBuffer.wrap(bytes, at, length).slice(), said == length, offset));
            at += length;
        }
        return options;
    }

    private static TcpOption decode(final int kind, final ByteBuffer bytes, final boolean sound, final int offset) {
        final int length = bytes.remaining();
        final TcpOption.Raw raw = new TcpOption.Raw(hex(bytes, 0));
        if (!sound) {
            return raw;
        }
        return switch (kind) {
            case MAXIMUM_SEGMENT_SIZE ->
                length == 4 ? new TcpOption.MaximumSegmentSize(bytes.getShort(2) & 0xFFFF) : raw;
            case WINDOW_SCALE -> length == 3 ? new TcpOption.WindowScale(bytes.get(2) & 0xFF) : raw;
            case SACK_PERMITTED -> length == 2 ? new TcpOption.SackPermitted() : raw;
            case SACK -> length > 2 && length % 8 == 2 ? sack(bytes, offset) : raw;
            case TIMESTAMPS -> length == 10 ? new TcpOption.Timestamp(bytes.getInt(2), bytes.getInt(6)) : raw;
            case FAST_OPEN -> new TcpOption.FastOpen(false, hex(bytes, 2));
            case EXPERIMENTAL ->
                length >= 4 && (bytes.getShort(2) & 0xFFFF) == FAST_OPEN_MAGIC
                        ? new TcpOption.FastOpen(true, hex(bytes, 4))
                        : raw;
            case ACC_ECN_0, ACC_ECN_1 -> accurateEcn(kind == ACC_ECN_0, bytes, raw);
            case MD5 -> new TcpOption.Md5(hex(bytes, 2));
            default -> raw;
        };
    }

    private static TcpOption accurateEcn(final boolean order0, final ByteBuffer bytes, final TcpOption.Raw raw) {
        final int length = bytes.remaining();
        if (length > ACC_ECN_MAX || length % 3 != 2 || length == 2 && order0) {
            return raw;
        }
        final List<String> names = order0 ? TcpOption.AccurateEcn.ORDER_0 : TcpOption.AccurateEcn.ORDER_1;
        final List<TcpOption.EchoField> fields = new ArrayList<>();
        for (int at = 2; at < length; at += 3) {
            final int value = (bytes.get(at) & 0xFF) << 16 | bytes.getShort(at + 1) & 0xFFFF;
            fields.add(new TcpOption.EchoField(names.get(fields.size()), value));
        }
        return new TcpOption.AccurateEcn(List.copyOf(fields));
    }

    private static TcpOption sack(final ByteBuffer bytes, final int offset) {
        final List<Block> blocks = new ArrayList<>();
        for (int at = 2; at < bytes.limit(); at += 8) {
            blocks.add(new Block(bytes.getInt(at) + offset, bytes.getInt(at + 4) + offset));
        }
        return new TcpOption.Sack(List.copyOf(blocks));
    }

    private static String hex(final ByteBuffer bytes, final int from) {
        final byte[] copy = new byte[bytes.limit() - from];
        bytes.get(from, copy);
        return HexFormat.of().formatHex(copy);
    }
}
