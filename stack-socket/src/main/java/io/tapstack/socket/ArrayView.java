package io.tapstack.socket;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A buffer over the array of a stream's caller, reused as long as the caller brings the same array. Confined to one
 * thread at a time.
 */
final class ArrayView {

    private byte @Nullable [] lastArray;
    private @Nullable ByteBuffer lastView;

    /** A view of {@code length} bytes from {@code offset} on. */
    ByteBuffer of(final byte[] array, final int offset, final int length) {
        ByteBuffer view = lastView;
        if (view == null || lastArray != array) {
            view = ByteBuffer.wrap(array);
            lastArray = array;
            lastView = view;
        }
        return view.clear().limit(offset + length).position(offset);
    }
}
