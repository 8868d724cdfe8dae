package io.tapstack.ndp;

import io.tapstack.wire.EthernetHeader;
import io.tapstack.wire.NdpOption;
import java.nio.ByteBuffer;

/**
 * The options of a received message: checks their lengths, and reads those with a single value. One mutable object,
 * filled anew for every message. An option of unknown type is skipped; of two options with a single value the first
 * counts (RFC 4861 9).
 */
final class NdpOptions {

    /** The value of an option that the message does not have. */
    static final long NONE = -1;

    private long sourceLink;
    private long targetLink;
    private long nonce;
    private long mtu;

    /**
     * Reads the options between two offsets.
     *
     * @return false if the message must be dropped: an option of length 0 (RFC 4861 4.6), one that reaches behind the
     *     end, or a link-layer address that is no host's
     */
    boolean read(final ByteBuffer bytes, final int from, final int end) {
        sourceLink = NONE;
        targetLink = NONE;
        nonce = NONE;
        mtu = NONE;
        int option = from;
        while (option < end) {
            if (end - option < NdpOption.UNIT) {
                return false;
            }
            final int length = NdpOption.length(bytes, option);
            if (length == 0 || length > end - option || !readOne(bytes, option, length)) {
                return false;
            }
            option += length;
        }
        return true;
    }

    private boolean readOne(final ByteBuffer bytes, final int option, final int length) {
        switch (NdpOption.type(bytes, option)) {
            case NdpOption.SOURCE_LINK_ADDRESS -> {
                if (!isHostAddress(bytes, option, length)) {
                    return false;
                }
                sourceLink = sourceLink == NONE ? NdpOption.linkAddress(bytes, option) : sourceLink;
            }
            case NdpOption.TARGET_LINK_ADDRESS -> {
                if (!isHostAddress(bytes, option, length)) {
                    return false;
                }
                targetLink = targetLink == NONE ? NdpOption.linkAddress(bytes, option) : targetLink;
            }
            case NdpOption.NONCE -> {
                if (length == NdpOption.NONCE_LENGTH && nonce == NONE) {
                    nonce = NdpOption.nonce(bytes, option);
                }
            }
            case NdpOption.MTU -> {
                if (length == NdpOption.MTU_LENGTH && mtu == NONE) {
                    mtu = NdpOption.mtu(bytes, option);
                }
            }
            default -> {}
        }
        return true;
    }

    /** A group address would turn one packet into many. */
    private static boolean isHostAddress(final ByteBuffer bytes, final int option, final int length) {
        final long address = NdpOption.linkAddress(bytes, option);
        return length == NdpOption.LINK_ADDRESS_LENGTH && address != 0 && !EthernetHeader.isGroup(address);
    }

    /** The Ethernet address of the sender, or {@link #NONE}. */
    long sourceLink() {
        return sourceLink;
    }

    /** The Ethernet address of the target, or {@link #NONE}. */
    long targetLink() {
        return targetLink;
    }

    /** The nonce of 48 bits, or {@link #NONE}. */
    long nonce() {
        return nonce;
    }

    /** The MTU of the link, or {@link #NONE}. */
    long mtu() {
        return mtu;
    }
}
