#include "verifications/question_bank.h"

#include <algorithm>
#include <array>

namespace latchkey {
namespace {

Json question(const char* id, const char* english, const char* spanish) {
    return {{"id", id}, {"text", {{"en", english}, {"es", spanish}}}, {"retired", false}};
}

// clang-format off
constexpr std::array<std::string_view, 142> kCommon{
    // any question at all
    "000000", "1111", "111111", "1234", "12345", "123456", "1234567", "12345678", "123456789", "654321",
    "aaa", "abc", "abc123", "abcd", "answer", "asdf", "asdfgh", "blank", "forgot", "i don't know",
    "idk", "n/a", "never", "nobody", "none", "nothing", "null", "password", "password1", "qwerty",
    "secret", "test", "unknown", "what", "whatever", "yes", "xxx", "contraseña", "desconocido", "nada",
    "nadie", "ninguna", "ninguno", "no lo se", "no lo sé", "no se", "no sé", "nunca", "prueba", "respuesta",
    // colours, animals, food, months
    "black", "blue", "brown", "gray", "green", "grey", "orange", "pink", "purple", "red",
    "white", "yellow", "amarillo", "azul", "blanco", "morado", "naranja", "negro", "rojo", "rosa",
    "verde", "bear", "bird", "cat", "dog", "fish", "horse", "lion", "rabbit", "tiger",
    "caballo", "gato", "perro", "bella", "buddy", "charlie", "coco", "daisy", "lucky", "luna",
    "max", "milo", "rex", "rocky", "toby", "burger", "chicken", "chocolate", "pasta", "pizza",
    "rice", "sushi", "tacos", "paella", "pollo", "tortilla", "december", "june", "diciembre", "junio",
    // names, places, sports, cars
    "anna", "david", "james", "john", "maria", "maría", "mary", "michael", "jose", "josé",
    "smith", "garcia", "garcía", "berlin", "london", "londres", "los angeles", "madrid", "barcelona", "mexico",
    "new york", "paris", "roma", "rome", "baseball", "basketball", "football", "soccer", "futbol", "fútbol",
    "tennis", "harry potter"};
// clang-format on

}  // namespace

Json default_question_bank() {
    return Json::array(
        {question("first-street-friend", "What was the name of the first friend on your street?",
                  "¿Cómo se llamaba tu primer amigo o amiga de la calle?"),
         question("childhood-nickname", "What did your family call you as a child?",
                  "¿Cómo te llamaba tu familia de pequeño o pequeña?"),
         question("first-teacher", "Which teacher do you remember best, by full name?",
                  "¿Qué profesor o profesora recuerdas mejor, con nombre y apellido?"),
         question("first-concert", "Whom did you hear at your first concert, and where?",
                  "¿A quién oíste en tu primer concierto y dónde?"),
         question("lost-toy", "Which toy did you lose or break as a child?",
                  "¿Qué juguete perdiste o rompiste de niño o niña?"),
         question("first-trip-alone", "Where did you go the first time you travelled alone?",
                  "¿Adónde fuiste la primera vez que viajaste solo o sola?"),
         question("first-job-boss", "What was the family name of the first person you worked for?",
                  "¿Cuál era el apellido de la primera persona para la que trabajaste?"),
         question("grandparents-village", "In which village or street did your grandparents live?",
                  "¿En qué pueblo o calle vivían tus abuelos?"),
         question("unwanted-present", "What was the strangest present that you ever got?",
                  "¿Cuál fue el regalo más raro que te han hecho?"),
         question("first-dish", "What was the first dish that you learned to cook?",
                  "¿Cuál fue el primer plato que aprendiste a cocinar?"),
         question("first-film", "Which was the first film that you saw in a cinema?",
                  "¿Cuál fue la primera película que viste en un cine?"),
         question("dream-job", "What did you want to become when you were ten years old?",
                  "¿Qué querías ser de mayor cuando tenías diez años?")});
}

bool is_common_answer(std::string_view folded) {
    return std::ranges::count(kCommon, folded) > 0;
}

}  // namespace latchkey
