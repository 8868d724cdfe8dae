package io.tapstack.socket;

/** Both ends on one stack, which talks to itself. */
final class SelfStreamTest extends StreamContract {

    @Override
    StreamKit openKit() {
        return new TapKit(RealTimeHost.onEthernet().subList(0, 1));
    }
}
