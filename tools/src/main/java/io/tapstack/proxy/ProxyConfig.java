package io.tapstack.proxy;

import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * What a {@link ProxyServer} does.
 *
 * @param target where every connection goes
 * @param connectTimeout how long the target may take to answer
 * @param maxConnections how many clients there may be at a time; more are reset at once
 */
public record ProxyConfig(InetSocketAddress target, Duration connectTimeout, int maxConnections) {}
