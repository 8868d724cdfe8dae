package io.tapstack.httpd;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/**
 * A validator of a file (RFC 9110 section 8.8.3), made of all that distinguishes versions: device and inode, size,
 * times of modification and of change. It is a digest, so that it does not reveal an inode.
 *
 * @param quoted the tag with its quotes, without {@code W/}
 * @param weak true if another version could have the same tag
 */
record EntityTag(String quoted, boolean weak) {

    private static final int DIGEST_BYTES = 12;

    /** The tag of a file; weak while another version could get the same one (RFC 9110 8.8.1). */
    static EntityTag of(final FileState file, final Instant now) {
        final ByteBuffer bytes = ByteBuffer.allocate(5 * Long.BYTES)
                .putLong(file.device())
                .putLong(file.inode())
                .putLong(file.size())
                .putLong(file.modified().to(TimeUnit.NANOSECONDS))
                .putLong(file.changed().to(TimeUnit.NANOSECONDS));
        final String digest = HexFormat.of().formatHex(sha256(bytes.array()), 0, DIGEST_BYTES);
        return new EntityTag('"' + digest + '"', file.isAmbiguous(now));
    }

    private static byte[] sha256(final byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (final NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** As in the header. */
    String text() {
        return weak ? "W/" + quoted : quoted;
    }

    /** Strong comparison (RFC 9110 section 8.8.3.2): a weak tag matches nothing. */
    boolean matchesStrongly(final String other) {
        return !weak && quoted.equals(other);
    }

    /** True if a list of tags, or {@code *}, contains this one. */
    boolean isIn(final String list, final boolean weakToo) {
        if (list.strip().equals("*")) {
            return true;
        }
        int at = list.indexOf(quoted);
        while (at >= 0) {
            final boolean otherIsWeak = at >= 2 && list.startsWith("W/", at - 2);
            if (isElement(list, otherIsWeak ? at - 2 : at, at + quoted.length())
                    && (weakToo || !otherIsWeak && !weak)) {
                return true;
            }
            at = list.indexOf(quoted, at + 1);
        }
        return false;
    }

    /** True if {@code list[from, to)} is between commas, blanks or the ends. Our tags have no comma inside. */
    private static boolean isElement(final String list, final int from, final int to) {
        return (from == 0 || isSeparator(list.charAt(from - 1)))
                && (to == list.length() || isSeparator(list.charAt(to)));
    }

    private static boolean isSeparator(final char c) {
        return c == ',' || c == ' ' || c == '\t';
    }
}
