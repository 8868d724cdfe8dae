package io.tapstack.http.client;

import io.tapstack.http.client.DownloadFailure.Kind;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.impl.io.SessionInputBufferImpl;
import org.apache.hc.core5.util.CharArrayBuffer;

/** HttpCore's line buffer, which does not take the end of the connection for the end of a line. */
final class ReplyBuffer extends SessionInputBufferImpl {

    private static final int BUFFER_BYTES = 8 * 1024;
    private static final int MAX_SIZE_DIGITS = 2 * Long.BYTES;

    private boolean begun;
    private boolean ended;
    private boolean inHead;
    private boolean afterStatusLine;
    private boolean inBody;
    private boolean inTrailers;

    ReplyBuffer(final int maxLineBytes) {
        super(BUFFER_BYTES, maxLineBytes);
    }

    /** The head is read; lines from now on are those of a chunked body. */
    void beginBody() {
        inBody = true;
    }

    @Override
    public int fillBuffer(final InputStream from) throws IOException {
        final int count = super.fillBuffer(from);
        begun |= count > 0;
        ended |= count < 0;
        return count;
    }

    @Override
    public int readLine(final CharArrayBuffer line, final InputStream from) throws IOException {
        final int length = super.readLine(line, from);
        if (ended && begun) {
            throw new DownloadFailure(Kind.PARTIAL, "the connection ended in the middle of the answer");
        }
        requireNoControls(line);
        if (!inBody) {
            headLine(line);
        }
        if (inBody && !inTrailers && !line.isEmpty()) {
            chunkSize(line);
        }
        return length;
    }

    /**
     * RFC 9112 2.2: whitespace between the start line and the first field hides what follows from other readers, and is
     * refused; a recipient may also skip such lines.
     */
    private void headLine(final CharArrayBuffer line) throws DownloadFailure {
        if (afterStatusLine && !line.isEmpty() && (line.charAt(0) == ' ' || line.charAt(0) == '\t')) {
            throw new DownloadFailure(Kind.BAD_REPLY, "the answer is not HTTP: its first field begins with a blank");
        }
        afterStatusLine = !inHead && !line.isEmpty();
        inHead = !line.isEmpty();
    }

    /**
     * RFC 9112 7.1: a chunk size is hexadecimal digits. HttpCore would take a blank or a sign in front, too, and any
     * number of zeros; curl and our server take 16 digits.
     */
    private void chunkSize(final CharArrayBuffer line) throws DownloadFailure {
        int digits = 0;
        boolean last = true;
        while (digits < line.length() && Character.digit(line.charAt(digits), 16) >= 0) {
            last &= line.charAt(digits) == '0';
            digits++;
        }
        if (digits == 0 || digits > MAX_SIZE_DIGITS) {
            throw new DownloadFailure(Kind.BAD_REPLY, "the answer is damaged: malformed chunk size");
        }
        inTrailers = last;
    }

    /** RFC 9110 5.5: a recipient refuses CR, LF and NUL; no other control character but HTAB is of use. */
    private void requireNoControls(final CharArrayBuffer line) throws DownloadFailure {
        for (int i = 0; i < line.length(); i++) {
            final char c = line.charAt(i);
            if (c < ' ' && c != '\t' || c == 0x7f) {
                throw new DownloadFailure(
                        Kind.BAD_REPLY,
                        inBody
                                ? "the answer is damaged: control character"
                                : "the answer is not HTTP: control character");
            }
        }
    }
}
