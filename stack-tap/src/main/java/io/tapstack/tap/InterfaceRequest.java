package io.tapstack.tap;

import io.tapstack.wire.IpAddress;
import java.nio.charset.StandardCharsets;

/**
 * {@code struct ifreq} of {@code <linux/if.h>}: the name of an interface, and one value, which depends on the ioctl.
 *
 * <pre>
 *   0                16                                            40
 *   | ifr_name       | ifr_flags (short), ifr_mtu (int), or         |
 *   |                | ifr_addr, a struct sockaddr_in:              |
 *                    16           18         20         24
 *                    | sin_family | sin_port | sin_addr |
 * </pre>
 *
 * Numbers are in native byte order, {@code sin_addr} in network order.
 */
final class InterfaceRequest {

    /** Bytes of a name and its terminating zero. */
    static final int IFNAMSIZ = 16;

    private static final int BYTES = 40;
    private static final int VALUE_OFFSET = IFNAMSIZ;
    private static final int SA_DATA_OFFSET = 18;
    private static final int SIN_ADDR_OFFSET = 20;
    private static final int HARDWARE_ADDRESS_BYTES = 6;

    private final NativeStruct struct = new NativeStruct(BYTES);

    /** @param name shorter than {@link #IFNAMSIZ} */
    InterfaceRequest(final String name) {
        final byte[] ascii = name.getBytes(StandardCharsets.US_ASCII);
        assert ascii.length < IFNAMSIZ;
        struct.bytes.put(0, ascii);
    }

    /** The address of the structure. */
    long location() {
        return struct.address;
    }

    String name() {
        final byte[] ascii = new byte[IFNAMSIZ];
        struct.bytes.get(0, ascii);
        int length = 0;
        while (length < IFNAMSIZ && ascii[length] != 0) {
            length++;
        }
        return new String(ascii, 0, length, StandardCharsets.US_ASCII);
    }

    int flags() {
        return struct.bytes.getShort(VALUE_OFFSET) & 0xFFFF;
    }

    void flags(final int flags) {
        clearValue();
        struct.bytes.putShort(VALUE_OFFSET, (short) flags);
    }

    /** {@code ifr_ifindex}. */
    int index() {
        return struct.bytes.getInt(VALUE_OFFSET);
    }

    /** {@code ifr_data}: the address of the request's data, which must not move during the call. */
    void pointer(final long address) {
        clearValue();
        struct.bytes.putLong(VALUE_OFFSET, address);
    }

    int mtu() {
        return struct.bytes.getInt(VALUE_OFFSET);
    }

    void mtu(final int bytes) {
        clearValue();
        struct.bytes.putInt(VALUE_OFFSET, bytes);
    }

    IpAddress address() {
        final byte[] address = new byte[4];
        struct.bytes.get(SIN_ADDR_OFFSET, address);
        return IpAddress.of(address);
    }

    void address(final IpAddress address) {
        clearValue();
        struct.bytes.putShort(VALUE_OFFSET, (short) LibC.AF_INET);
        struct.bytes.put(SIN_ADDR_OFFSET, address.toBytes());
    }

    /** {@code ifr_hwaddr.sa_data}: 48 bits. */
    long hardwareAddress() {
        long bits = 0;
        for (int i = 0; i < HARDWARE_ADDRESS_BYTES; i++) {
            bits = bits << 8 | struct.bytes.get(SA_DATA_OFFSET + i) & 0xFF;
        }
        return bits;
    }

    private void clearValue() {
        for (int i = VALUE_OFFSET; i < BYTES; i++) {
            struct.bytes.put(i, (byte) 0);
        }
    }
}
