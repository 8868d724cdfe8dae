package io.tapstack.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Any bytes as options, compared with a second reader that follows RFC 9293 3.1 literally. */
class TcpOptionsFuzzTest {

    private static final int MOST_BYTES = 40;

    private static final int LISTS = 2_000;
    /** No-operation, MSS, window scale, SACK permitted, SACK, timestamps, user timeout, Fast Open, Accurate ECN. */
    private static final int[] KINDS = {1, 2, 3, 4, 5, 8, 28, 34, 172, 174};
    /** Lengths of values. */
    private static final int[] LENGTHS = {0, 1, 2, 3, 6, 8, 9, 16, 24, 32};

    private final TcpOptions options = new TcpOptions();

    @FuzzTest
    void parse(final byte[] input) {
        final byte[] list = Arrays.copyOf(input, Math.min(input.length, MOST_BYTES));
        // Bytes around the list, which are neither read nor missed.
        final ByteBuffer alone = ByteBuffer.wrap(list);
        final ByteBuffer amidst = ByteBuffer.allocate(list.length + 100);
        Arrays.fill(amidst.array(), (byte) 4);
        amidst.put(50, list);
        options.parse(amidst, 50, list.length);
        compare(list);
        options.parse(alone, 0, list.length);
        compare(list);
    }

    /**
     * The same without a fuzzer, so that every test run explores the same lists: options, nearly options, and bytes.
     */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void anythingAtRandom(final long seed) {
        final SplittableRandom random = new SplittableRandom(seed);
        int understood = 0;
        for (int i = 0; i < LISTS; i++) {
            final byte[] input = optionsAtRandom(random);
            parse(input);
            understood += read(input).isEmpty() ? 0 : 1;
        }
        assertThat(understood).as("lists with an option").isBetween(LISTS / 2, LISTS - 1);
    }

    /** Up to the most bytes, of kinds that are known or not, with a length that their kind has or not. */
    private static byte[] optionsAtRandom(final SplittableRandom random) {
        final byte[] list = new byte[random.nextInt(MOST_BYTES + 1)];
        random.nextBytes(list);
        for (int at = 0; at + 1 < list.length; ) {
            final int kind = KINDS[random.nextInt(KINDS.length)];
            list[at] = (byte) (random.nextInt(8) == 0 ? random.nextInt(256) : kind);
            list[at + 1] =
                    (byte) (random.nextInt(8) == 0 ? random.nextInt(256) : 2 + LENGTHS[random.nextInt(LENGTHS.length)]);
            at += list[at] == 1 ? 1 : Math.max(2, list[at + 1] & 0xFF);
        }
        return list;
    }

    /** The well-formed options before the first malformed one, the last of each kind, with their values. */
    private static Map<Integer, List<byte[]>> read(final byte[] list) {
        final Map<Integer, List<byte[]>> found = new HashMap<>();
        int at = 0;
        while (at < list.length && list[at] != 0) {
            if (list[at] == 1) {
                at++;
                continue;
            }
            final int length = at + 1 < list.length ? list[at + 1] & 0xFF : 0;
            if (length < 2 || length > list.length - at) {
                break;
            }
            final byte[] value = Arrays.copyOfRange(list, at + 2, at + length);
            found.computeIfAbsent(list[at] & 0xFF, kind -> new ArrayList<>()).add(value);
            at += length;
        }
        return found;
    }

    /** The last option of its kind with a valid length for the kind. */
    private static ByteBuffer last(final Map<Integer, List<byte[]>> found, final int kind, final int... lengths) {
        ByteBuffer last = ByteBuffer.allocate(0);
        for (final byte[] value : found.getOrDefault(kind, List.of())) {
            if (Arrays.stream(lengths).anyMatch(length -> length == value.length)) {
                last = ByteBuffer.wrap(value);
            }
        }
        return last;
    }

    private void compare(final byte[] list) {
        final Map<Integer, List<byte[]>> found = read(list);
        final ByteBuffer mss = last(found, 2, 2);
        assertThat(options.maximumSegmentSize()).isEqualTo(mss.hasRemaining() ? mss.getShort(0) & 0xFFFF : 0);
        final ByteBuffer scale = last(found, 3, 1);
        assertThat(options.windowScale()).isEqualTo(scale.hasRemaining() ? scale.get(0) & 0xFF : -1);
        final boolean permitted = found.getOrDefault(4, List.of()).stream().anyMatch(value -> value.length == 0);
        assertThat(options.sackPermitted()).isEqualTo(permitted);
        final ByteBuffer timestamps = last(found, 8, 8);
        assertThat(options.hasTimestamps()).isEqualTo(timestamps.hasRemaining());
        assertThat(options.timestampValue()).isEqualTo(timestamps.hasRemaining() ? timestamps.getInt(0) : 0);
        assertThat(options.timestampEcho()).isEqualTo(timestamps.hasRemaining() ? timestamps.getInt(4) : 0);
        final ByteBuffer sack = last(found, 5, 8, 16, 24, 32);
        assertThat(options.sackBlocks()).isEqualTo(sack.capacity() / 8);
        for (int block = 0; block < options.sackBlocks(); block++) {
            assertThat(options.sackLeft(block)).isEqualTo(sack.getInt(8 * block));
            assertThat(options.sackRight(block)).isEqualTo(sack.getInt(8 * block + 4));
        }
        final boolean accurate = !found.getOrDefault(172, List.of()).isEmpty()
                || !found.getOrDefault(174, List.of()).isEmpty();
        assertThat(options.hasAccEcn()).isEqualTo(accurate);
        assertThat(options.echoCeBytes()).isBetween(-1, 0xFF_FFFF);
        assertThat(options.echoEct0Bytes()).isBetween(-1, 0xFF_FFFF);
        assertThat(options.echoEct1Bytes()).isBetween(-1, 0xFF_FFFF);
        if (found.getOrDefault(174, List.of()).isEmpty() && accurate) {
            final List<byte[]> values = found.get(172);
            final byte[] value = values.get(values.size() - 1);
            assertThat(options.echoEct0Bytes()).isEqualTo(value.length < 3 ? -1 : uint24(value, 0));
            assertThat(options.echoCeBytes()).isEqualTo(value.length < 6 ? -1 : uint24(value, 3));
            assertThat(options.echoEct1Bytes()).isEqualTo(value.length < 9 ? -1 : uint24(value, 6));
        }
    }

    private static int uint24(final byte[] value, final int at) {
        return (value[at] & 0xFF) << 16 | (value[at + 1] & 0xFF) << 8 | value[at + 2] & 0xFF;
    }
}
