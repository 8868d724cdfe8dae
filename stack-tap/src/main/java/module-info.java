/** Linux TAP devices. Native access: {@code --enable-native-access=org.jnrproject.jffi}, on newer JDKs. */
module io.tapstack.tap {
    requires transitive io.tapstack.core;
    requires org.jnrproject.constants;
    requires org.jnrproject.jffi;
    requires org.slf4j;
    requires static transitive org.jspecify;

    exports io.tapstack.tap;
}
