package io.tapstack.socket;

/** Tests the tests: the JDK's sockets are right by definition. */
final class JdkStreamTest extends StreamContract {

    @Override
    StreamKit openKit() {
        return new JdkKit();
    }
}
