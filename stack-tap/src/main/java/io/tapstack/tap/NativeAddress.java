package io.tapstack.tap;

import io.tapstack.buffer.Region;

/** The address of a region's bytes: asked of the JVM once per region, then noted on the region. */
final class NativeAddress {

    private NativeAddress() {}

    static long of(final Region region) {
        final long known = region.nativeAddress();
        return known != 0 ? known : note(region);
    }

    private static long note(final Region region) {
        final long address = LibC.addressOf(region.bytes());
        region.noteNativeAddress(address);
        return address;
    }
}
