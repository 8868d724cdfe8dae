package io.tapstack.ip;

import io.tapstack.wire.IpAddress;
import org.jspecify.annotations.Nullable;

/** The service of the Internet layer for transports. Each IP version has an implementation. */
public interface InternetLayer {

    /**
     * The path from {@code source} to {@code destination}.
     *
     * @param source one of our addresses, or {@link IpAddress#ANY_IPV4} to let the route decide
     * @return null if there is no route, or {@code source} is not ours
     */
    @Nullable
    IpPath path(IpAddress source, IpAddress destination);

    /** True if {@code address} is one of ours (unicast). */
    boolean isLocal(IpAddress address);

    /** True if {@code address} is the limited broadcast address or that of one of our subnets. */
    boolean isBroadcast(IpAddress address);
}
