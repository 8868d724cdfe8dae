package io.tapstack.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** TCP options: RFC 9293 3.1 and 3.2, RFC 7323 2.2 and 3.2, RFC 2018 2 and 3. */
class TcpOptionsTest {

    private final TcpOptions options = new TcpOptions();

    private void parse(final int... bytes) {
        final ByteBuffer buffer = ByteBuffer.allocate(bytes.length + 7);
        for (int i = 0; i < bytes.length; i++) {
            buffer.put(5 + i, (byte) bytes[i]);
        }
        options.parse(buffer, 5, bytes.length);
    }

    @Test
    void none() {
        parse();
        assertThat(options.maximumSegmentSize()).isZero();
        assertThat(options.windowScale()).isEqualTo(-1);
        assertThat(options.sackPermitted()).isFalse();
        assertThat(options.hasTimestamps()).isFalse();
        assertThat(options.sackBlocks()).isZero();
    }

    /** The options of a common SYN. */
    @Test
    void syn() {
        parse(2, 4, 0x05, 0xB4, 4, 2, 8, 10, 0x80, 0, 0, 1, 0, 0, 0, 9, 1, 3, 3, 7);
        assertThat(options.maximumSegmentSize()).isEqualTo(1_460);
        assertThat(options.sackPermitted()).isTrue();
        assertThat(options.hasTimestamps()).isTrue();
        assertThat(options.timestampValue()).isEqualTo(0x8000_0001);
        assertThat(options.timestampEcho()).isEqualTo(9);
        assertThat(options.windowScale()).isEqualTo(7);
    }

    /** No value of the last segment is left. */
    @Test
    void forgetsTheLastSegment() {
        syn();
        none();
    }

    /** RFC 9293 3.2: End of Option List: what follows is padding. */
    @Test
    void endOfList() {
        parse(0, 2, 4, 5, 0xB4);
        assertThat(options.maximumSegmentSize()).isZero();
    }

    /** MUST-6: unknown options are skipped by their length. */
    @Test
    void unknown() {
        parse(253, 6, 1, 2, 3, 4, 254, 2, 200, 3, 0, 2, 4, 3, 0xE8);
        assertThat(options.maximumSegmentSize()).isEqualTo(1_000);
    }

    /** MUST-7: an illegal length ends the list; the options before it are valid. */
    @Test
    void illegalLength() {
        parse(2, 4, 3, 0xE8, 8, 0, 3, 3, 7);
        assertThat(options.maximumSegmentSize()).isEqualTo(1_000);
        assertThat(options.windowScale()).isEqualTo(-1);
        parse(2, 4, 3, 0xE8, 8, 1, 3, 3, 7);
        assertThat(options.windowScale()).isEqualTo(-1);
        parse(3, 3, 7, 8, 10, 0, 0, 0, 0, 0, 0, 0);
        assertThat(options.windowScale()).isEqualTo(7);
        assertThat(options.hasTimestamps()).isFalse();
        parse(1, 1, 2);
        assertThat(options.maximumSegmentSize()).isZero();
    }

    /** A known option with a wrong length is skipped like an unknown one. */
    @Test
    void wrongLength() {
        parse(2, 3, 9, 3, 4, 9, 9, 4, 3, 9, 8, 4, 9, 9, 2, 4, 3, 0xE8);
        assertThat(options.maximumSegmentSize()).isEqualTo(1_000);
        assertThat(options.windowScale()).isEqualTo(-1);
        assertThat(options.sackPermitted()).isFalse();
        assertThat(options.hasTimestamps()).isFalse();
    }

    /** RFC 2018 3. */
    @Test
    void sack() {
        parse(1, 1, 5, 18, 0, 0, 0, 1, 0, 0, 0, 2, 0xFF, 0xFF, 0xFF, 0xFE, 0, 0, 0, 5);
        assertThat(options.sackBlocks()).isEqualTo(2);
        assertThat(options.sackLeft(0)).isEqualTo(1);
        assertThat(options.sackRight(0)).isEqualTo(2);
        assertThat(options.sackLeft(1)).isEqualTo(-2);
        assertThat(options.sackRight(1)).isEqualTo(5);
    }

    /** Written options are read again, and are aligned. */
    @Test
    void writing() {
        final ByteBuffer buffer = ByteBuffer.allocate(40);
        int at = TcpOptions.writeMaximumSegmentSize(buffer, 0, 65_535);
        at += TcpOptions.writeTimestamps(buffer, at, -5, 6);
        at += TcpOptions.writeWindowScale(buffer, at, 14);
        assertThat(at).isEqualTo(20);
        options.parse(buffer, 0, at);
        assertThat(options.maximumSegmentSize()).isEqualTo(65_535);
        assertThat(options.timestampValue()).isEqualTo(-5);
        assertThat(options.timestampEcho()).isEqualTo(6);
        assertThat(options.windowScale()).isEqualTo(14);
    }

    /**
     * RFC 9768 3.2.3, figure 4 and table 5: fields from either end; an option of unknown length has as many fields as
     * are whole.
     */
    @Test
    void accurateEcn() {
        parse(172, 11, 1, 2, 3, 4, 5, 6, 0xFF, 0xFF, 0xFF);
        assertThat(options.hasAccEcn()).isTrue();
        assertThat(options.echoEct0Bytes()).isEqualTo(0x010203);
        assertThat(options.echoCeBytes()).isEqualTo(0x040506);
        assertThat(options.echoEct1Bytes()).isEqualTo(0xFFFFFF);
        parse(174, 11, 1, 2, 3, 4, 5, 6, 0xFF, 0xFF, 0xFF);
        assertThat(options.echoEct1Bytes()).isEqualTo(0x010203);
        assertThat(options.echoCeBytes()).isEqualTo(0x040506);
        assertThat(options.echoEct0Bytes()).isEqualTo(0xFFFFFF);
        parse(174, 7, 1, 2, 3, 4, 5);
        assertThat(options.echoEct1Bytes()).isEqualTo(0x010203);
        assertThat(options.echoCeBytes()).isEqualTo(-1);
        assertThat(options.echoEct0Bytes()).isEqualTo(-1);
        parse(172, 14, 0, 0, 1, 0, 0, 2, 0, 0, 3, 9, 9, 9);
        assertThat(options.echoEct1Bytes()).isEqualTo(3);
        parse(172, 2, 1, 1);
        assertThat(options.hasAccEcn()).isTrue();
        assertThat(options.echoEct0Bytes()).isEqualTo(-1);
        parse(1, 1, 1, 1);
        assertThat(options.hasAccEcn()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"true, 0", "true, 1", "true, 2", "true, 3", "false, 0", "false, 1", "false, 2", "false, 3"})
    void writingAccurateEcn(final boolean order0, final int fields) {
        final ByteBuffer buffer = ByteBuffer.allocate(12);
        final int length = TcpOptions.writeAccEcn(buffer, 0, order0, fields, 0x0100_0001, 0xFFFFFF, 0x020304);
        assertThat(length).isEqualTo(TcpOptions.accEcnLength(fields)).isEqualTo((2 + 3 * fields + 3) / 4 * 4);
        options.parse(buffer, 0, length);
        assertThat(options.hasAccEcn()).isTrue();
        assertThat(options.echoCeBytes()).isEqualTo(fields > 1 ? 0xFFFFFF : -1);
        assertThat(options.echoEct0Bytes()).isEqualTo(fields > (order0 ? 0 : 2) ? 1 : -1);
        assertThat(options.echoEct1Bytes()).isEqualTo(fields > (order0 ? 2 : 0) ? 0x020304 : -1);
    }

    /** Noise: parsing never fails and never looks beyond its end. */
    @Test
    void noise() {
        final SplittableRandom random = new SplittableRandom(1);
        for (int i = 0; i < 100_000; i++) {
            final byte[] bytes = new byte[random.nextInt(41)];
            for (int at = 0; at < bytes.length; at++) {
                bytes[at] = (byte) (random.nextBoolean() ? random.nextInt(11) : random.nextInt());
            }
            options.parse(ByteBuffer.wrap(bytes), 0, bytes.length);
            assertThat(options.sackBlocks()).isBetween(0, 4);
        }
    }
}
