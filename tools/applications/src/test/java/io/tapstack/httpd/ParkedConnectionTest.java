package io.tapstack.httpd;

/** The same on a transport that wakes connections up. */
class ParkedConnectionTest extends ConnectionTest {

    @Override
    ServerPlace usualPlace() {
        return ServerPlace.waking();
    }
}
