/** A resolver of names over our own UDP and TCP. */
module io.tapstack.names {
    requires transitive io.tapstack.core;
    requires transitive io.tapstack.socket;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.tapstack.names;
}
