package io.tapstack.httpd;

import io.tapstack.socket.MappedFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * Copies out of a mapping and writes the copy. Where the mapping fails, {@code read(2)} gets the bytes or an error: of
 * a hole on a full file system, or on a machine that refuses a {@link MappingCopy}.
 *
 * <p>A mapped file that is cut short has zeros up to the end of its last page. So the size is checked after each copy:
 * bytes within it were real.
 */
final class MmapSender extends BufferedSender {

    private final Supplier<MappingCopy> mappings;

    MmapSender(final Supplier<MappingCopy> mappings) {
        this.mappings = mappings;
    }

    @Override
    int fill(final MappedFile file, final long position, final byte[] into, final int wanted) throws IOException {
        final long there = Math.min(file.sizeNow(), file.size()) - position;
        if (there <= 0) {
            return 0;
        }
        final ByteBuffer slice = file.slice(position, (int) Math.min(wanted, there));
        final int copied = mappings.get().copy(slice, into);
        if (copied == 0) {
            return file.read(ByteBuffer.wrap(into, 0, slice.remaining()), position);
        }
        return (int) Math.max(0, Math.min(copied, file.sizeNow() - position));
    }
}
