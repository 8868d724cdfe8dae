package io.tapstack.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a pcapng file of one section, strictly by the specification, and fails at the first deviation. */
public final class PcapngReader {

    private static final int BIG_ENDIAN_MAGIC = 0x1A2B_3C4D;

    /** An Interface Description Block. */
    public record Interface(int linkType, int snapLength, String name, int timeResolution) {}

    /** An Enhanced Packet Block. */
    public record Packet(int interfaceNumber, long time, int originalLength, int flags, byte[] bytes) {}

    public final List<Interface> interfaces = new ArrayList<>();
    public final List<Packet> packets = new ArrayList<>();

    public PcapngReader(final byte[] file) {
        final ByteBuffer bytes = ByteBuffer.wrap(file);
        boolean first = true;
        while (bytes.hasRemaining()) {
            final int start = bytes.position();
            final int type = bytes.getInt(start);
            final int length = bytes.getInt(start + 4);
            assertThat(length).as("block length").isBetween(12, bytes.remaining());
            assertThat(length % 4).as("block length").isZero();
            assertThat(bytes.getInt(start + length - 4)).as("trailing length").isEqualTo(length);
            final ByteBuffer body = bytes.slice(start + 8, length - 12);
            assertThat(type == 0x0A0D_0D0A).as("one section header").isEqualTo(first);
            first = false;
            switch (type) {
                case 0x0A0D_0D0A -> section(body);
                case 1 -> interfaces.add(description(body));
                case 6 -> packets.add(packet(body));
                default -> throw new AssertionError("block type " + type);
            }
            bytes.position(start + length);
        }
    }

    private static void section(final ByteBuffer body) {
        assertThat(body.getInt()).isEqualTo(BIG_ENDIAN_MAGIC);
        assertThat(body.getInt()).as("version").isEqualTo(0x0001_0000);
        assertThat(body.getLong()).as("section length").isEqualTo(-1);
        options(body);
    }

    private static Interface description(final ByteBuffer body) {
        final int linkType = body.getShort();
        assertThat(body.getShort()).isZero();
        final int snapLength = body.getInt();
        final Map<Integer, byte[]> options = options(body);
        return new Interface(
                linkType, snapLength, new String(options.get(2), StandardCharsets.UTF_8), options.get(9)[0]);
    }

    private static Packet packet(final ByteBuffer body) {
        final int interfaceNumber = body.getInt();
        final long time = body.getLong();
        final byte[] bytes = new byte[body.getInt()];
        final int originalLength = body.getInt();
        body.get(bytes);
        body.position((body.position() + 3) & ~3);
        final int flags = ByteBuffer.wrap(options(body).get(2)).getInt();
        return new Packet(interfaceNumber, time, originalLength, flags, bytes);
    }

    private static Map<Integer, byte[]> options(final ByteBuffer body) {
        final Map<Integer, byte[]> options = new HashMap<>();
        while (true) {
            final int code = body.getShort();
            final byte[] value = new byte[body.getShort()];
            body.get(value);
            body.position((body.position() + 3) & ~3);
            if (code == 0) {
                assertThat(value).isEmpty();
                assertThat(body.hasRemaining())
                        .as("more behind the end of options")
                        .isFalse();
                return options;
            }
            options.put(code, value);
        }
    }
}
