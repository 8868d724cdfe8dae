package com.example;

import io.tapstack.socket.virtual.VirtualTime;
import io.tapstack.tap.TapConfig;
import io.tapstack.wire.IpAddress;

/** Uses a class of each library. */
public final class Consumer {

    private Consumer() {}

    public static void main(final String[] arguments) {
        final IpAddress address = IpAddress.parse("10.0.0.2");
        final TapConfig tap = TapConfig.named("tap7");
        final VirtualTime time = new VirtualTime(42);
        System.out.println(address + " on " + tap.name() + " at " + time.now());
    }
}
