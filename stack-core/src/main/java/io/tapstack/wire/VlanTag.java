package io.tapstack.wire;

import java.nio.ByteBuffer;

/**
 * The tag of IEEE 802.1Q, which stands where the EtherType would and in front of it.
 *
 * <pre>
 *    0                   1                   2                   3
 *    0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 *   +-------------------------------+-----+-+-----------------------+
 *   |      Tag protocol (TPID)      | PCP |D|   VLAN identifier     |
 *   +-------------------------------+-----+-+-----------------------+
 *   |           EtherType           |
 *   +-------------------------------+
 * </pre>
 *
 * A tag with VLAN identifier 0 is a priority tag: the frame is in no VLAN, and the tag says how urgent it is (802.1Q
 * 9.6).
 */
public final class VlanTag {

    public static final int LENGTH = 4;

    /** TPID of a customer's tag. */
    public static final int TYPE_CUSTOMER = 0x8100;

    /** TPID of a provider's tag (802.1ad). */
    public static final int TYPE_SERVICE = 0x88A8;

    private static final int CONTROL_OFFSET = 2;
    private static final int IDENTIFIER_MASK = 0xFFF;

    private VlanTag() {}

    /** True if an EtherType is the TPID of a tag. */
    public static boolean isTag(final int etherType) {
        return etherType == TYPE_CUSTOMER || etherType == TYPE_SERVICE;
    }

    /**
     * Skips all priority tags of a frame, as Linux does.
     *
     * @param frame offset of the frame; it has an Ethernet header
     * @param end offset behind the frame
     * @return offset of the EtherType behind the tags. It is that of a tag if the frame is in a VLAN, or ends within
     *     the tag.
     */
    public static int skipPriority(final ByteBuffer bytes, final int frame, final int end) {
        int at = frame + EthernetHeader.ETHER_TYPE_OFFSET;
        while (isTag(typeAt(bytes, at)) && isWhole(at, end) && identifier(bytes, at) == 0) {
            at += LENGTH;
        }
        return at;
    }

    /** True if there is an EtherType behind the tag at {@code tag}, in a frame that ends at {@code end}. */
    public static boolean isWhole(final int tag, final int end) {
        return tag + LENGTH + Short.BYTES <= end;
    }

    /** The 16 bits of the EtherType at {@code at}. */
    public static int typeAt(final ByteBuffer bytes, final int at) {
        return bytes.getShort(at) & 0xFFFF;
    }

    private static int identifier(final ByteBuffer bytes, final int tag) {
        return bytes.getShort(tag + CONTROL_OFFSET) & IDENTIFIER_MASK;
    }
}
