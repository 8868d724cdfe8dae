package io.tapstack.octets;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.IntConsumer;

/**
 * Octets in strings, in two forms, and the conversions between them.
 *
 * <p>An <em>octet string</em> has one char, from 0 to 255, for each octet; it can be cut, compared and sent. A
 * <em>lossless text</em> is for people and for parsing: its octets are decoded as UTF-8, but each octet that is not
 * part of UTF-8 as the lone surrogate U+DC80 to U+DCFF, as in Python (PEP 383).
 */
public final class Octets {

    private static final char ESCAPE = '\udc00';
    private static final char FIRST_ESCAPED = '\udc80';
    private static final char LAST_ESCAPED = '\udcff';
    private static final String HEX = "0123456789ABCDEF";

    private Octets() {}

    /** The octet string of these octets. */
    public static String of(final byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** The octet string of a lossless text. */
    public static String of(final String lossless) {
        final ByteArrayOutputStream bytes = new ByteArrayOutputStream(lossless.length() + 16);
        int start = 0;
        for (int i = 0; i < lossless.length(); i++) {
            final char c = lossless.charAt(i);
            final boolean low = i > 0 && Character.isHighSurrogate(lossless.charAt(i - 1));
            if (c >= FIRST_ESCAPED && c <= LAST_ESCAPED && !low) {
                bytes.writeBytes(lossless.substring(start, i).getBytes(StandardCharsets.UTF_8));
                bytes.write(c - ESCAPE);
                start = i + 1;
            }
        }
        bytes.writeBytes(lossless.substring(start).getBytes(StandardCharsets.UTF_8));
        return of(bytes.toByteArray());
    }

    /** The octets of an octet string. */
    public static byte[] bytes(final String octets) {
        return octets.getBytes(StandardCharsets.ISO_8859_1);
    }

    /** The lossless text of an octet string. */
    public static String lossless(final String octets) {
        final StringBuilder text = new StringBuilder(octets.length());
        decode(octets, text, octet -> text.append((char) (ESCAPE + octet)));
        return text.toString();
    }

    /**
     * An octet string for people: {@code \xE9} stands for an octet that is not part of UTF-8, and for a control
     * character.
     */
    public static String readable(final String octets) {
        final StringBuilder decoded = new StringBuilder(octets.length());
        decode(octets, decoded, octet -> escape(decoded, octet));
        final StringBuilder text = new StringBuilder(decoded.length());
        decoded.codePoints().forEach(c -> {
            if (Character.isISOControl(c)) {
                escape(text, c);
            } else {
                text.appendCodePoint(c);
            }
        });
        return text.toString();
    }

    private static void escape(final StringBuilder to, final int octet) {
        to.append("\\x").append(HEX.charAt(octet >> 4)).append(HEX.charAt(octet & 0xf));
    }

    /** @param other receives each octet that is not part of UTF-8 */
    private static void decode(final String octets, final StringBuilder to, final IntConsumer other) {
        final ByteBuffer bytes = ByteBuffer.wrap(bytes(octets));
        final CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        final CharBuffer chars = CharBuffer.allocate(bytes.remaining() + 1);
        while (true) {
            final CoderResult result = decoder.decode(bytes, chars, true);
            to.append(chars.flip());
            chars.clear();
            if (!result.isMalformed()) {
                return;
            }
            for (int i = 0; i < result.length(); i++) {
                other.accept(bytes.get() & 0xff);
            }
            decoder.reset();
        }
    }
}
