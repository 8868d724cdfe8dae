package io.tapstack.proxy;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What a {@link ProxyServer} does.
 *
 * @param target where every connection goes
 * @param connectTimeout how long the target may take to answer
 * @param maxConnections how many clients there may be at a time; one more is reset at once, unless an idle one gives
 *     way to it
 * @param idle for how long nothing must have moved through a connection before it gives way to a new client
 */
public record ProxyConfig(InetSocketAddress target, Duration connectTimeout, int maxConnections, Duration idle) {}
