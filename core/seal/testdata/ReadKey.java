import java.nio.file.*;
import java.security.*;
import java.security.interfaces.*;
import java.security.spec.*;
import java.util.Base64;

/** Reads the PKCS#8 key of a file, in one line of base64, and prints its public half. */
class ReadKey {
    public static void main(String[] args) throws Exception {
        byte[] der = Base64.getDecoder().decode(Files.readString(Path.of(args[0])));
        KeyFactory rsa = KeyFactory.getInstance("RSA");
        RSAPrivateCrtKey key = (RSAPrivateCrtKey) rsa.generatePrivate(new PKCS8EncodedKeySpec(der));
        PublicKey pub = rsa.generatePublic(new RSAPublicKeySpec(key.getModulus(), key.getPublicExponent()));
        System.out.println(Base64.getEncoder().encodeToString(pub.getEncoded()));
    }
}
