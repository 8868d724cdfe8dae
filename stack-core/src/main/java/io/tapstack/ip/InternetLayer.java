package io.tapstack.ip;

import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** The service of the Internet layer for transports, which do not ask for the family of an address. */
public interface InternetLayer {

    /**
     * The path from {@code source} to {@code destination}.
     *
     * @param source one of our addresses, or {@linkplain IpAddress#isAny() any} to let the route decide
     * @return null if there is no route, {@code source} is not ours, or the families differ
     */
    @Nullable
    IpPath path(IpAddress source, IpAddress destination);

    /** True if {@code address} is one of ours (unicast). */
    boolean isLocal(IpAddress address);

    /** True if {@code address} is the limited broadcast address or that of one of our subnets. */
    boolean isBroadcast(IpAddress address);
}
