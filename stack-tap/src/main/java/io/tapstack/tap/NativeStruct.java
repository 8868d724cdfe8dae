package io.tapstack.tap;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Memory for a C structure that the kernel reads or writes: in native byte order, at a fixed address. */
final class NativeStruct {

    final ByteBuffer bytes;
    final long address;

    NativeStruct(final int size) {
        bytes = ByteBuffer.allocateDirect(size).order(ByteOrder.nativeOrder());
        address = LibC.addressOf(bytes);
    }
}
