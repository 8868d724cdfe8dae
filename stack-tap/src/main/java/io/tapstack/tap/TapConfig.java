package io.tapstack.tap;

import java.util.Optional;
import java.util.OptionalInt;

/**
 * How a TAP is to be opened and what its host side is to look like. What is left out stays as it is on a TAP that
 * exists already, and is the kernel's default on a new one. Immutable; start with {@link #named}.
 *
 * @param name name of the interface on the host, or a pattern such as {@code tap%d} for the next free number
 * @param hostAddress the host's address on the interface
 * @param mtu largest IP packet in bytes
 * @param up whether the interface is brought up
 * @param persistent whether the interface stays when the device is closed
 * @param owner user id that may open a persistent TAP without privileges from then on
 * @param offload whether super-segments and unfinished checksums are exchanged with the kernel
 * @param hostBatching without offload: whether the host may receive frames on a thread of its own and merge what
 *     belongs together, where it can be told to ({@link HostBatching}). What the host's tcpdump and firewall see are
 *     then merged segments
 */
public record TapConfig(
        String name,
        Optional<HostAddress> hostAddress,
        OptionalInt mtu,
        boolean up,
        boolean persistent,
        OptionalInt owner,
        boolean offload,
        boolean hostBatching) {

    /** An interface that is brought up, goes away with the device, and has offloads. */
    public static TapConfig named(final String name) {
        return new TapConfig(name, Optional.empty(), OptionalInt.empty(), true, false, OptionalInt.empty(), true, true);
    }

    /** With an address for the host's end. */
    public TapConfig withHostAddress(final HostAddress address) {
        return new TapConfig(name, Optional.of(address), mtu, up, persistent, owner, offload, hostBatching);
    }

    /** With an MTU in bytes. */
    public TapConfig withMtu(final int bytes) {
        return new TapConfig(name, hostAddress, OptionalInt.of(bytes), up, persistent, owner, offload, hostBatching);
    }

    /** With the interface left down, or as it is. */
    public TapConfig leftDown() {
        return new TapConfig(name, hostAddress, mtu, false, persistent, owner, offload, hostBatching);
    }

    /** With an interface that outlives the device. */
    public TapConfig madePersistent() {
        return new TapConfig(name, hostAddress, mtu, up, true, owner, offload, hostBatching);
    }

    /** With a user who may open the TAP without privileges. */
    public TapConfig ownedBy(final int userId) {
        return new TapConfig(name, hostAddress, mtu, up, persistent, OptionalInt.of(userId), offload, hostBatching);
    }

    /** With a frame per segment and all checksums done by the stack: for comparison, or to watch single segments. */
    public TapConfig withoutOffload() {
        return new TapConfig(name, hostAddress, mtu, up, persistent, owner, false, hostBatching);
    }

    /** With every frame going through the host by itself, as it was sent. */
    public TapConfig withoutHostBatching() {
        return new TapConfig(name, hostAddress, mtu, up, persistent, owner, offload, false);
    }
}
