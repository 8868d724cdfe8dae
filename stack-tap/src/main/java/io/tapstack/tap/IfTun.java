package io.tapstack.tap;

/**
 * Constants of {@code <linux/if_tun.h>}, under their names there.
 *
 * <p>An ioctl number encodes its transfer: {@code direction << 30 | size << 16 | type << 8 | number}, with direction 1
 * for to the kernel and 2 for from it, and type 'T'.
 *
 * @see <a href="https://docs.kernel.org/networking/tuntap.html">Universal TUN/TAP device driver</a>
 */
final class IfTun {

    static final String DEVICE = "/dev/net/tun";

    static final long TUNSETIFF = write(202);
    static final long TUNSETPERSIST = write(203);
    static final long TUNSETOWNER = write(204);
    static final long TUNGETFEATURES = read(207);
    static final long TUNSETOFFLOAD = write(208);
    static final long TUNSETVNETHDRSZ = write(216);

    /** Frames with an Ethernet header. */
    static final int IFF_TAP = 0x0002;

    /** The host receives frames through NAPI, and so through GRO, rather than within our write. */
    static final int IFF_NAPI = 0x0010;

    /** The interface has several queues, each with a descriptor. */
    static final int IFF_MULTI_QUEUE = 0x0100;

    /** Only an interface that this call makes. */
    static final int IFF_TUN_EXCL = 0x8000;

    /** No {@code struct tun_pi} in front of frames. */
    static final int IFF_NO_PI = 0x1000;

    /** A {@link VirtioNetHeader} in front of frames. */
    static final int IFF_VNET_HDR = 0x4000;

    /** The host may deliver packets whose transport checksum is not filled in. */
    static final int TUN_F_CSUM = 0x01;

    /** The host may deliver TCP super-segments over IPv4. */
    static final int TUN_F_TSO4 = 0x02;

    /** The host may deliver TCP super-segments over IPv6. */
    static final int TUN_F_TSO6 = 0x04;

    /** Super-segments may carry CWR (RFC 3168). */
    static final int TUN_F_TSO_ECN = 0x08;

    private static final int SIZE_OF_INT = 4;

    private IfTun() {}

    private static long write(final int number) {
        return 1L << 30 | SIZE_OF_INT << 16 | 'T' << 8 | number;
    }

    private static long read(final int number) {
        return 2L << 30 | SIZE_OF_INT << 16 | 'T' << 8 | number;
    }
}
