package io.tapstack.tap;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;

/**
 * The settings of a TAP and of its host side. A setting that is left out keeps its value on an existing TAP, and is the
 * kernel's default on a new one. Immutable; start with {@link #named}.
 *
 * @param name name of the interface on the host, or a pattern such as {@code tap%d} for the next free number
 * @param hostAddresses the host's addresses on the interface, of either family; an IPv4 address that is there already
 *     is replaced by the first one
 * @param mtu largest IP packet in bytes
 * @param up true to bring the interface up
 * @param persistent true if the interface stays when the device is closed
 * @param owner user id that may open a persistent TAP without privileges from then on
 * @param offload true to exchange super-segments and unfinished checksums with the kernel
 * @param hostBatching without offload: true if the host may receive frames on a thread of its own and merge segments,
 *     where possible ({@link HostBatching}). The host's tcpdump and firewall then see merged segments
 * @param io how frames pass between this process and the TAP
 */
public record TapConfig(
        String name,
        List<HostAddress> hostAddresses,
        OptionalInt mtu,
        boolean up,
        boolean persistent,
        OptionalInt owner,
        boolean offload,
        boolean hostBatching,
        TapIo io) {

    public TapConfig {
        hostAddresses = List.copyOf(hostAddresses);
    }

    /** An interface that is brought up, is deleted with the device, and has offloads. */
    public static TapConfig named(final String name) {
        return new TapConfig(
                name, List.of(), OptionalInt.empty(), true, false, OptionalInt.empty(), true, true, TapIo.AUTO);
    }

    /** With another address for the host's end. */
    public TapConfig withHostAddress(final HostAddress address) {
        final List<HostAddress> all = new ArrayList<>(hostAddresses);
        all.add(address);
        return new TapConfig(name, all, mtu, up, persistent, owner, offload, hostBatching, io);
    }

    /** With an MTU in bytes. */
    public TapConfig withMtu(final int bytes) {
        return new TapConfig(
                name, hostAddresses, OptionalInt.of(bytes), up, persistent, owner, offload, hostBatching, io);
    }

    /** With the interface left down, or as it is. */
    public TapConfig leftDown() {
        return new TapConfig(name, hostAddresses, mtu, false, persistent, owner, offload, hostBatching, io);
    }

    /** With an interface that outlives the device. */
    public TapConfig madePersistent() {
        return new TapConfig(name, hostAddresses, mtu, up, true, owner, offload, hostBatching, io);
    }

    /** With a user id that may open the TAP without privileges. */
    public TapConfig ownedBy(final int userId) {
        return new TapConfig(
                name, hostAddresses, mtu, up, persistent, OptionalInt.of(userId), offload, hostBatching, io);
    }

    /**
     * With one frame per segment, and all checksums computed by the stack: for comparison, or to watch single segments.
     */
    public TapConfig withoutOffload() {
        return new TapConfig(name, hostAddresses, mtu, up, persistent, owner, false, hostBatching, io);
    }

    /** With every frame received by the host on its own, as it was sent. */
    public TapConfig withoutHostBatching() {
        return new TapConfig(name, hostAddresses, mtu, up, persistent, owner, offload, false, io);
    }

    /** With a way in which frames pass. */
    public TapConfig withIo(final TapIo way) {
        return new TapConfig(name, hostAddresses, mtu, up, persistent, owner, offload, hostBatching, way);
    }
}
